import { commitLogContract } from '@perdure/ports/contract/commit-log.contract';
import { logContract } from '@perdure/ports/contract/log.contract';
import { type AppendFate, createMemoryCommitLog } from './memory-commit-log.ts';

commitLogContract('createMemoryCommitLog', {
  lowMarkFollows: true,
  begin: async () => {
    let fate: AppendFate = 'acknowledged';
    const cluster = createMemoryCommitLog({
      partitionCount: 8,
      recordBytesMax: 1 << 20,
      fate: () => fate,
    });
    return {
      open: async () => cluster.open(),
      partitions: [0, 1, 2, 3, 4, 5, 6, 7],
      losing: async (what, append) => {
        fate = `${what} lost`;
        await append();
        fate = 'acknowledged';
      },
    };
  },
});

logContract('a partition of createMemoryCommitLog', async () => ({
  log: createMemoryCommitLog({ partitionCount: 1 }).open().partition(0),
}));
