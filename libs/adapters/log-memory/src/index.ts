// The log port in memory.

export { MemoryLog } from './memory-log.ts';
