// Frames of the log and the matching of tasks with polls, in memory.

import {
  decodeRecord,
  frameBoundsFor,
  LogWriter,
  type TransitionGroup,
  type LogWriter as Writer,
} from '@perdure/core-log';
import {
  finishStart,
  newParkedPoll,
  newTaskQueue,
  offerTask,
  parkPoll,
  type TaskOffer,
  type TaskQueue,
} from '@perdure/core-matching';
import { type MicroResult, timed } from './stopwatch.ts';

const frames = 2_000;
const transitionsPerFrame = 10;
const body = new Uint8Array(400);
const run = { namespaceId: 'namespace', workflowId: 'order-1', runId: 'run-1' };
const nowUs = 1_800_000_000_000_000;

function newWriter(): Writer<TransitionGroup> {
  const state = { epoch: 1, nonce: 'nonce', nextNumber: 1, clock: 0 };
  return new LogWriter(state, 0, frameBoundsFor(16 * 1024 * 1024));
}

function writeFrames(writer: Writer<TransitionGroup>): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let frame = 1; frame <= frames; frame++) {
    for (let at = 1; at <= transitionsPerFrame; at++)
      writer.append({ transitions: [{ run, version: at, body }] });
    const sealed = writer.seal(nowUs);
    if (sealed === null) throw new Error('nothing was sealed');
    records.push(sealed.record);
    writer.acknowledged(frame);
  }
  return records;
}

const tasks = 20_000;

function matchTasks(queue: TaskQueue<null>): number {
  for (let at = 0; at < tasks; at++) {
    const poll = {
      pollRequestId: `poll-${at}`,
      namespaceId: 'namespace',
      namespace: 'default',
      queue: 'orders',
      sticky: false,
      normalQueue: '',
      identity: 'worker',
      binaryChecksum: '',
      clientName: '',
    };
    parkPoll(queue, newParkedPoll(poll, null), nowUs);
    const offer: TaskOffer = {
      kind: 'workflow',
      queue: { namespaceId: 'namespace', kind: 'workflow', name: 'orders' },
      sticky: false,
      run: { ...run, runId: `run-${at}` },
      scheduledEventId: 2,
      attempt: 1,
      stamp: 0,
      queryId: '',
      epoch: 1,
      node: '',
      priority: 3,
      scheduledAtUs: nowUs,
    };
    const [start] = offerTask(queue, offer, nowUs);
    if (start?.kind !== 'start') throw new Error('the task was not started');
    finishStart(queue, start.task, { kind: 'started', response: body }, nowUs);
  }
  return tasks;
}

export function measureLogAndMatching(): MicroResult[] {
  return [
    timed('log: transition into a frame of ten', newWriter, (writer) => {
      return writeFrames(writer).length * transitionsPerFrame;
    }),
    timed(
      'log: transition out of a frame of ten',
      () => writeFrames(newWriter()),
      (records) => {
        for (const record of records) decodeRecord(record);
        return records.length * transitionsPerFrame;
      },
    ),
    timed(
      'matching: poll parked, task offered, start finished',
      () => newTaskQueue<null>(false),
      matchTasks,
    ),
  ];
}
