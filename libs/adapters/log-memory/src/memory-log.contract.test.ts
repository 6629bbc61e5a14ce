import { logContract } from '@perdure/ports/contract/log.contract';
import { MemoryLog } from './memory-log.ts';

logContract('MemoryLog', async () => ({ log: new MemoryLog() }));
