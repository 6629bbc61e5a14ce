// The messages between services (proto/perdure/internal.proto) and the records of the direct calls are the same ones.

import { ownCodec } from '@perdure/wire';
import { describe, expect, it } from 'vitest';
import type { ActivityPoll, TaskOffer, WorkflowPoll } from './index.ts';

const offer: TaskOffer = {
  kind: 'workflow',
  queue: { namespaceId: 'n', kind: 'workflow', name: 'q' },
  sticky: true,
  run: { namespaceId: 'n', workflowId: 'w', runId: 'r' },
  scheduledEventId: 5,
  attempt: 2,
  stamp: 1,
  queryId: 'query',
  epoch: 7,
  node: 'node-1',
  priority: 3,
  scheduledAtUs: 1_790_000_000_000_000,
};
const workflowPoll: WorkflowPoll = {
  pollRequestId: 'p',
  namespaceId: 'n',
  namespace: 'default',
  queue: 'q',
  sticky: true,
  normalQueue: 'normal',
  identity: 'i',
  binaryChecksum: 'b',
  clientName: 'c',
};
const activityPoll: ActivityPoll = {
  pollRequestId: 'p',
  namespaceId: 'n',
  namespace: 'default',
  queue: 'q',
  identity: 'i',
  maxTasksPerSecond: 0.5,
  clientName: 'c',
};

describe('internal messages carry every field of the direct calls', () => {
  it.each([
    ['TaskOffer', offer],
    ['WorkflowPoll', workflowPoll],
    ['ActivityPoll', activityPoll],
  ] as const)('%s survives the wire whole', (name, record) => {
    const codec = ownCodec<object, object>('internal', `perdure.internal.v1.${name}`);
    expect(codec.decode(codec.encode(record))).toMatchObject(record);
  });
});
