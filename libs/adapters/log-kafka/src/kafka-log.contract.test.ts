// The contracts of the log on a real Kafka.

import { kafkaPart, sharedPart } from '@perdure/parts';
import type { CommitLog } from '@perdure/ports';
import { commitLogContract } from '@perdure/ports/contract/commit-log.contract';
import { logContract } from '@perdure/ports/contract/log.contract';
import { afterAll, describe } from 'vitest';
import { testOptions } from '../fixtures/test-log.ts';
import { TroubledSockets } from '../fixtures/troubled-sockets.ts';
import { openKafkaLog } from './index.ts';

const kafka = await sharedPart(kafkaPart);
const address = kafka.kind === 'ready' ? `${kafka.host}:${kafka.port}` : '';

describe.skipIf(kafka.kind === 'missing')('on a real Kafka', () => {
  commitLogContract('openKafkaLog', {
    lowMarkFollows: true,
    rejectedWithinMs: 6_000,
    begin: async () => {
      const options = testOptions(address);
      const sockets: TroubledSockets[] = [];
      return {
        open: () => {
          const troubled = new TroubledSockets();
          sockets.push(troubled);
          return openKafkaLog({ ...options, connect: troubled.connect });
        },
        partitions: [0, 1, 2, 3, 4, 5, 6, 7],
        losing: async (what, append) => {
          await sockets.at(-1)?.while(what, append);
        },
      };
    },
  });

  // A test of this contract wants an empty partition: one after the other of one topic.
  let shared: Promise<CommitLog> | null = null;
  let used = 0;
  logContract('a partition of openKafkaLog', async () => {
    shared ??= openKafkaLog(testOptions(address, { partitionCount: 12 }));
    return { log: (await shared).partition(used++) };
  });
  afterAll(async () => {
    await (await shared)?.close();
  });
});
