// The log ports in memory.

export {
  type AppendFate,
  createMemoryCommitLog,
  type MemoryCommitLog,
  type MemoryCommitLogOptions,
} from './memory-commit-log.ts';
export { MemoryLog } from './memory-log.ts';
