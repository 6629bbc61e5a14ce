// Messages between runs whatever the network and the owners do: taken once, in their order, answered once with what
// happened, and nothing is left of them (X1-X3).

import { AnswerCode, ProbeEvent } from '@perdure/core-execution';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageWorld, type WorldStep } from './message-world.fixture.ts';

const weights: Readonly<Record<WorldStep['kind'], number>> = {
  send: 4,
  attempt: 10,
  acknowledge: 14,
  release: 5,
  replaceSender: 2,
  replaceReceiver: 2,
  startTarget: 3,
  endTarget: 2,
  endSender: 1,
  pass: 12,
};

const step: fc.Arbitrary<WorldStep> = fc.record({
  kind: fc.oneof(
    ...Object.entries(weights).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as WorldStep['kind']),
    })),
  ),
  pick: fc.nat({ max: 119 }),
  fates: fc.array(fc.constantFrom('arrives', 'arrives', 'lost', 'doubled', 'late'), {
    maxLength: 3,
  }),
});
const steps = fc.array(step, { minLength: 30, maxLength: 150, size: 'max' });

/** What is wrong with how the world ended. */
function faults(world: MessageWorld): string[] {
  const found: string[] = [];
  const { outbox, probes } = world.senderState;
  if (outbox.size > 0) found.push(`${outbox.size} messages have not come to their end`);
  const received = world.targetRuns.flatMap((run) => run.probes.map((probe) => ({ probe, run })));
  const sent = probes.filter(({ what }) => what === ProbeEvent.Sent);
  for (const { id } of world.sent) {
    if (!sent.some(({ messageId }) => messageId === id)) found.push(`${id} is lost at its sender`);
  }
  for (const { messageId: id, text } of sent) {
    const taken = received.filter(({ probe }) => probe.messageId === id);
    const answers = probes.filter(
      (each) => each.what === ProbeEvent.Answered && each.messageId === id,
    );
    if (taken.length > 1) found.push(`${id} was taken ${taken.length} times`);
    if (answers.length !== 1) found.push(`${id} was answered ${answers.length} times`);
    const [{ code, text: place } = { code: 0, text: '' }] = answers;
    if ((code === AnswerCode.Done) !== taken.length > 0) {
      found.push(`${id} was answered with ${code} and taken ${taken.length} times`);
    }
    for (const { probe, run } of taken) {
      if (probe.text !== text) found.push(`${id} says ${probe.text}, not ${text}`);
      if (String(run.probes.indexOf(probe) + 1) !== place) found.push(`${id} got another answer`);
    }
  }
  const order = sent.map(({ messageId }) => messageId);
  for (const run of world.targetRuns) {
    const places = run.probes.map(({ messageId }) => order.indexOf(messageId));
    if (places.some((place, at) => at > 0 && place < (places[at - 1] ?? 0))) {
      found.push(`run ${run.run.runId} took messages in the order ${places.join(' ')}`);
    }
    if (world.targetKeys.awaitsRelease(run.run.runId))
      found.push(`a key of ${run.run.runId} stays`);
  }
  if (world.targetKeys.live(world.nowUs).length > 0) found.push('keys of messages stay');
  return found;
}

test.each([
  ['a receiver that logs every answer, over a network that doubles', true],
  ['a receiver that cannot log "no", over one that does not', false],
])(
  '%s: once, in order, answered once, nothing left',
  (_name, logsNegatives) => {
    const reached = { done: 0, refused: 0 };
    fc.assert(
      fc.property(steps, (list) => {
        const world = new MessageWorld(logsNegatives);
        for (const each of list) world.take(each);
        world.settle();
        expect(faults(world)).toEqual([]);
        for (const { code, what } of world.senderState.probes) {
          if (what === ProbeEvent.Answered)
            reached[code === AnswerCode.Done ? 'done' : 'refused'] += 1;
        }
      }),
      { numRuns: 1_200 },
    );
    // The worlds have something to tell.
    expect(reached.done).toBeGreaterThan(500);
    expect(reached.refused).toBeGreaterThan(100);
  },
  60_000,
);
