import type { CommitLog } from '@perdure/ports';
import { commitLogContract } from '@perdure/ports/contract/commit-log.contract';
import { logContract } from '@perdure/ports/contract/log.contract';
import { type Agenda, Host } from '../agenda.ts';
import { newBackends } from './cluster-fixture.ts';
import { promptly } from './promptly.ts';

for (const brokers of [1, 3]) {
  logContract(`simulated Kafka, ${brokers} brokers`, async () => {
    const { agenda, kafka } = newBackends({}, 1, { brokers, logPartitions: 9 });
    return { log: promptly(agenda, kafka.portFor(new Host('n1/1')).partition(2)) };
  });

  commitLogContract(`simulated Kafka, ${brokers} brokers`, {
    lowMarkFollows: true,
    begin: async () => {
      const { agenda, kafka } = newBackends({}, 1, { brokers, logPartitions: 9 });
      let nodes = 0;
      return {
        partitions: [0, 1, 2, 3, 4, 5, 6, 7],
        open: async () => promptLog(agenda, kafka.portFor(new Host(`n${++nodes}/1`))),
        losing: async (what, append) => {
          kafka.cut(`n${nodes}`, what === 'request' ? 'requests lost' : 'answers lost');
          await append();
          kafka.rejoin(`n${nodes}`);
        },
      };
    },
  });
}

function promptLog(agenda: Agenda, log: CommitLog): CommitLog {
  const { partitionCount, recordBytesMax } = log;
  const partitions = Array.from({ length: partitionCount }, (_, index) =>
    promptly(agenda, log.partition(index)),
  );
  return {
    partitionCount,
    recordBytesMax,
    partition: (index) => partitions[index] ?? log.partition(index),
    close: () => promptly(agenda, log).close(),
  };
}
