// Messages between runs through the services of one process: sent, taken, answered, released, and all of it again by the
// next process (X1-X3, M5).

import { RejectionError } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { emptyStorage, namespace, rpc, startRun } from '../fixtures/in-process.ts';
import {
  answered,
  ended,
  idOf,
  inTime,
  opened,
  pair,
  received,
  second,
  send,
  settle,
  view,
} from '../fixtures/message-pair.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import { type Fate, UnreliableLink } from '../fixtures/unreliable-link.ts';

test('messages arrive once and in order, are answered once, and leave nothing behind', async () => {
  const clock = new SteppedClock();
  const services = await opened(emptyStorage(), clock);
  for (const id of ['sender', 'target', 'other']) await inTime(clock, startRun(services, id));
  const ids = await inTime(
    clock,
    send(services, 'sender', ['target', 'other', 'target', 'nowhere', 'target']),
  );
  await settle(services, clock, 'sender');
  const sender = await view(services, 'sender');
  expect(new Set(ids).size).toBe(5);
  expect(answered(sender).toSorted()).toEqual([
    'done 1',
    'done 1',
    'done 2',
    'done 3',
    'not found',
  ]);
  const target = await view(services, 'target');
  expect(received(target)).toEqual(['target 0', 'target 2', 'target 4']);
  expect(received(await view(services, 'other'))).toEqual(['other 1']);
  // Released: the keys are kept for as long as an attempt may still come, and then no more.
  expect(target.dedupKeys.map(({ answer }) => answer).filter((answer) => answer !== '')).toEqual([
    'done',
    'done',
    'done',
  ]);
  expect(target.dedupKeys.every(({ expiresAtUs }) => expiresAtUs > 0)).toBe(true);
  await clock.pass(15 * second);
  expect((await view(services, 'target')).dedupKeys.filter(({ answer }) => answer !== '')).toEqual(
    [],
  );
  expect(services.history.counts.messages).toEqual({
    attempts: 5,
    unknown: 0,
    answers: 5,
    released: 5,
  });
  services.history.stop();
});

describe('over a link that loses, doubles and delays', () => {
  const seeds = Array.from({ length: 12 }, (_none, seed) => seed + 1);
  const kinds: readonly Fate[] = ['arrives', 'lost', 'unanswered', 'doubled', 'late', 'arrives'];

  test.each(seeds)(
    'seed %i: each message does its work once, whatever happens to it',
    async (seed) => {
      const fates = Array.from(
        { length: 60 },
        (_none, at) => kinds[(seed * (at + 3) ** 2) % 6] as Fate,
      );
      const { services, clock, link } = await pair(fates);
      const texts = Array.from({ length: 4 }, () => 'target');
      await inTime(clock, send(services, 'sender', texts));
      await inTime(clock, send(services, 'sender', ['target', 'target']));
      await settle(services, clock, 'sender');
      await clock.pass(60 * second);
      expect(received(await view(services, 'target'))).toEqual([
        'target 0',
        'target 1',
        'target 2',
        'target 3',
        'target 0',
        'target 1',
      ]);
      const done = ['done 1', 'done 2', 'done 3', 'done 4', 'done 5', 'done 6'];
      expect(answered(await view(services, 'sender'))).toEqual(done);
      expect(link.unheard).toEqual([]);
      services.history.stop();
    },
  );
});

/** `drained`: everything is in the store, and the log has forgotten it. */
describe.each([false, true])('after the end of the process, drained: %s', (drained) => {
  test('what was not sent is sent, by a sender that has closed meanwhile too', async () => {
    const { services, clock, storage } = await pair(Array.from({ length: 100 }, () => 'lost'));
    await inTime(clock, send(services, 'sender', ['target', 'target']));
    await clock.pass(3 * second);
    const workflowExecution = { workflowId: 'sender' };
    await inTime(
      clock,
      rpc(services, 'TerminateWorkflowExecution', { namespace, workflowExecution }),
    );
    await clock.pass(20 * second);
    // It is closed, and stays in memory for its messages.
    expect((await view(services, 'sender')).inMemory).toBe(true);
    await ended(services.history, clock, drained);

    const next = await opened(storage, clock);
    if (drained) expect(next.history.recovered).toMatchObject({ transitions: 0, wakeRows: 2 });
    expect((await view(next, 'sender')).outbox.map(({ phase }) => phase)).toEqual([
      'unanswered',
      'unanswered',
    ]);
    await settle(next, clock, 'sender');
    expect(received(await view(next, 'target'))).toEqual(['target 0', 'target 1']);
    const sender = await view(next, 'sender');
    expect(answered(sender)).toEqual(['done 1', 'done 2']);
    expect(sender.status).toBe(5);
    await clock.pass(2 * second);
    // A closed run leaves memory when its last message is released.
    expect((await view(next, 'sender')).inMemory).toBe(false);
    next.history.stop();
  });

  test('what was taken and not answered is answered as it was, not taken again', async () => {
    const fates = Array.from({ length: 100 }, (): Fate => 'unanswered');
    const { services, clock, storage } = await pair(fates);
    await inTime(clock, send(services, 'sender', ['target', 'nowhere']));
    // Soon enough for the log alone to have it.
    await clock.pass(drained ? 3 * second : second / 5);
    expect(received(await view(services, 'target'))).toEqual(['target 0']);
    // The answers stand: a run of that id comes too late for the message.
    await inTime(clock, startRun(services, 'nowhere'));
    await ended(services.history, clock, drained);

    const next = await opened(storage, clock);
    if (drained) expect(next.history.recovered.transitions).toBe(0);
    await settle(next, clock, 'sender');
    expect(received(await view(next, 'target'))).toEqual(['target 0']);
    expect(received(await view(next, 'nowhere'))).toEqual([]);
    expect(answered(await view(next, 'sender')).toSorted()).toEqual(['done 1', 'not found']);
    next.history.stop();
  });

  test('a release that was lost is sent again; before it the target is not deleted', async () => {
    const { services, clock, storage, link } = await pair();
    link.losesReleases = true;
    await inTime(clock, send(services, 'sender', ['target', 'nowhere']));
    await clock.pass(14 * second);
    expect((await view(services, 'sender')).outbox.map(({ phase }) => phase)).toEqual([
      'releasing',
      'releasing',
    ]);
    await ended(services.history, clock, drained);

    const still = new UnreliableLink(clock, []);
    still.losesReleases = true;
    const next = await opened(storage, clock, still);
    const workflowExecution = { workflowId: 'target' };
    const deletion = () =>
      inTime(clock, rpc(next, 'DeleteWorkflowExecution', { namespace, workflowExecution }));
    await expect(deletion()).rejects.toThrow('another workflow still waits');
    const keys = (await view(next, 'target')).dedupKeys.filter(({ answer }) => answer !== '');
    expect(keys.map(({ expiresAtUs }) => expiresAtUs)).toEqual([0]);
    still.losesReleases = false;
    await settle(next, clock, 'sender');
    await deletion();
    await expect(view(next, 'target')).rejects.toThrow(RejectionError);
    next.history.stop();
  });
});

test('a run with messages under way is not deleted, and the id of one that never was is forgotten', async () => {
  const { services, clock, storage, link } = await pair(Array.from({ length: 20 }, () => 'lost'));
  const [id = ''] = await inTime(clock, send(services, 'sender', ['nowhere']));
  const workflowExecution = { workflowId: 'sender' };
  const deletion = () =>
    inTime(clock, rpc(services, 'DeleteWorkflowExecution', { namespace, workflowExecution }));
  await expect(deletion()).rejects.toThrow('has messages to other workflows under way');
  link.fates = [];
  for (let rounds = 0; rounds < 4; rounds++) await clock.pass(12 * second);
  await settle(services, clock, 'sender');
  const namespaceId = await idOf(services);
  const row = () => storage.store.readWorkflow(namespaceId, 'nowhere');
  await clock.pass(2 * second);
  expect(await row()).not.toBeNull();
  expect(id).toContain('probe:');
  await clock.pass(15 * 60 * second);
  expect(await row()).toBeNull();
  await deletion();
  services.history.stop();
});

test('X2: "not found" of an attempt that began soon after a take-over is not believed, "done" is', async () => {
  const { services, clock } = await pair();
  await inTime(clock, send(services, 'sender', ['nowhere', 'target']));
  await clock.pass(5 * second);
  expect(answered(await view(services, 'sender'))).toEqual(['done 1']);
  expect(services.history.counts.messages.attempts).toBe(2);
  await clock.pass(8 * second);
  expect(answered(await view(services, 'sender'))).toEqual(['done 1', 'not found']);
  // The next one comes when it can be believed, not before.
  expect(services.history.counts.messages.attempts).toBe(3);
  services.history.stop();
});

test('X2: an attempt that comes too late does nothing, in time it does, and repeated it says the same', async () => {
  const { services, clock } = await pair();
  const namespaceId = await idOf(services);
  const target = { namespaceId, workflowId: 'target', runId: '' };
  const message = { ...target, id: 'probe:elsewhere:7', kind: 'probe', body: new Uint8Array(0) };
  const deliver = (inUs: number) => {
    const attempt = { message, expiresAtUs: clock.nowUs() + inUs };
    return inTime(clock, services.history.messages.deliver(attempt));
  };
  expect(await deliver(0)).toEqual({ kind: 'expired' });
  expect(received(await view(services, 'target'))).toEqual([]);
  const taken = await deliver(1 * second);
  expect(taken).toMatchObject({ kind: 'answered', answer: { code: 1 } });
  expect(await deliver(1 * second)).toEqual(taken);
  expect(await deliver(-1 * second)).toEqual(taken);
  expect(received(await view(services, 'target'))).toEqual(['']);
  // Of a run by its id: one that is not the current one, and one that is not there.
  const named = (runId: string, id: string) =>
    inTime(
      clock,
      services.history.messages.deliver({
        message: { ...message, id, runId },
        expiresAtUs: clock.nowUs() + second,
      }),
    );
  const { runId } = await view(services, 'target');
  const workflowExecution = { workflowId: 'target' };
  await inTime(
    clock,
    rpc(services, 'TerminateWorkflowExecution', { namespace, workflowExecution }),
  );
  expect(await named('no such run', 'probe:elsewhere:8')).toMatchObject({ answer: { code: 2 } });
  expect(await named(runId, 'probe:elsewhere:9')).toMatchObject({ answer: { code: 3 } });
  // A kind that only a newer server knows: no answer yet.
  const newer = { ...message, id: 'newer:elsewhere:1', kind: 'newer', workflowId: 'sender' };
  const attempt = { message: newer, expiresAtUs: clock.nowUs() + second };
  await expect(services.history.messages.deliver(attempt)).rejects.toThrow('not known here');
  services.history.stop();
});
