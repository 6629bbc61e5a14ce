// Commands of a workflow task, any that are valid together.

import { randomUUID } from 'node:crypto';
import {
  type CommandInit,
  completeWorkflow,
  jsonPayload,
  jsonPayloads,
  rawCommand,
  scheduleActivity,
  startTimer,
} from '@perdure/testing/golden';
import { type Random, randomBelow } from '@perdure/testing/seeded-random';

interface Setting {
  readonly random: Random;
  readonly taskQueue: string;
}

export function someCommands({ random, taskQueue }: Setting): CommandInit[] {
  const kinds: readonly (() => CommandInit)[] = [
    () =>
      scheduleActivity(taskQueue, `activity-${randomUUID()}`, {
        input: jsonPayloads('some input'),
        scheduleToCloseTimeout: { seconds: 30 },
        heartbeatTimeout: { seconds: 20 },
        retryPolicy: { maximumAttempts: 3, initialInterval: { nanos: 100_000_000 } },
      }),
    () => startTimer(`timer-${randomUUID()}`, 50 + randomBelow(random, 3_000)),
    () =>
      rawCommand('RECORD_MARKER', {
        recordMarkerCommandAttributes: {
          markerName: 'version',
          details: { change: jsonPayloads(1) },
        },
      }),
    () =>
      rawCommand('MODIFY_WORKFLOW_PROPERTIES', {
        modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: memo() },
      }),
  ];
  const count = randomBelow(random, 4);
  const commands = Array.from({ length: count }, () => pick(random, kinds)());
  return random() < 0.15 ? [...commands, completeWorkflow('done')] : commands;
}

/** An encoded Memo with one field. */
function memo(): Uint8Array {
  const entry = [0x0a, 1, 0x6b];
  const payload = jsonPayload('noted');
  const value = [0x12, payload.length, ...payload];
  const field = [...entry, ...value];
  return Uint8Array.from([0x0a, field.length, ...field]);
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[randomBelow(random, list.length)] as T;
}
