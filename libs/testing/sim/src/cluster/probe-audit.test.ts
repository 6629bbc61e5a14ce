// Each rule of the audit of probes, on lists that keep it and on lists that break it.

import { Ledger } from '@perdure/model';
import { expect, test } from 'vitest';
import { judgeProbes, type ProbeSeen, type RunProbes } from './probe-audit.ts';
import type { ProbeOrdered } from './prober.ts';

const sent = (number: number): ProbeSeen => ({
  messageId: `m${number}`,
  what: 'sent',
  text: `probe ${number}`,
  answer: '',
});
const received = (number: number): ProbeSeen => ({ ...sent(number), what: 'received' });
const answered = (number: number, answer: string, place = ''): ProbeSeen => ({
  messageId: `m${number}`,
  what: 'answered',
  text: place,
  answer,
});

function run(runId: string, ...probes: ProbeSeen[]): RunProbes {
  return { workflowId: `id of ${runId}`, runId, probes, outbox: [], unreleased: [] };
}

function order(number: number, to: string, more: Partial<ProbeOrdered> = {}): ProbeOrdered {
  return {
    text: `probe ${number}`,
    sender: { workflowId: 'id of a', runId: 'a' },
    target: { workflowId: to, runId: '' },
    beganUs: 100,
    messageId: `m${number}`,
    refused: false,
    ...more,
  };
}

function judged(
  orders: readonly ProbeOrdered[],
  runs: readonly RunProbes[],
  {
    ledger = new Ledger(),
    before = null as readonly RunProbes[] | null,
  }: { ledger?: Ledger; before?: readonly RunProbes[] | null } = {},
) {
  const shown = { runs: [], descriptions: [], listed: [] };
  return judgeProbes(orders, runs, { ledger, shown }, before);
}

/** The numbers of the rules that are broken. */
function broken(...given: Parameters<typeof judged>): string[] {
  return judged(...given).faults.map((fault) => fault.slice(0, 3));
}

function ledgerWith(more: { deleted?: string; started?: string; ended?: string }): Ledger {
  const ledger = new Ledger();
  const at = { beganUs: 0, endedUs: 50 };
  const of = (runId: string) => ({ workflowId: `id of ${runId}`, runId, ...at });
  if (more.deleted !== undefined)
    ledger.requests.push({ ...of(more.deleted), kind: 'delete' } as never);
  if (more.started !== undefined) ledger.starts.push(of(more.started));
  if (more.ended !== undefined) ledger.ends.push(of(more.ended) as never);
  return ledger;
}

const twoOrders = [order(1, 'id of b'), order(2, 'id of b')];
const a = run('a', sent(1), sent(2), answered(1, 'done', '1'), answered(2, 'done', '2'));
const b = run('b', received(1), received(2));

test('probes that came as they should', () => {
  const { fates, faults } = judged(twoOrders, [a, b], { before: [a, b] });
  expect(faults).toEqual([]);
  expect(fates).toEqual({ done: 2, 'not found': 0, closed: 0, unseen: 0 });
});

test('J60: what was acknowledged was sent, what was refused was not', () => {
  expect(broken([order(1, 'id of b')], [run('a')])).toEqual(['J60']);
  expect(broken([order(1, 'id of b', { messageId: null })], [run('a')])).toEqual([]);
  const toldNothing = [order(1, 'id of b', { messageId: null, refused: true })];
  const alone = run('a', sent(1), answered(1, 'not found'));
  expect(broken(toldNothing, [alone])).toEqual(['J60']);
  expect(broken([order(1, 'id of b')], [])).toEqual(['J60']);
  expect(broken([], [alone])).toEqual(['J60']);
  const twice = run('a', sent(1), sent(1), answered(1, 'closed'));
  expect(broken([order(1, 'id of b')], [twice])).toContain('J60');
});

test('J61: one answer, in the sender', () => {
  const one = [order(1, 'id of b')];
  expect(broken(one, [run('a', sent(1))])).toEqual(['J61']);
  const twice = run('a', sent(1), answered(1, 'closed'), answered(1, 'closed'));
  expect(broken(one, [twice])).toEqual(['J61']);
  const elsewhere = run('b', answered(1, 'closed'));
  expect(broken(one, [run('a', sent(1), answered(1, 'closed')), elsewhere])).toEqual(['J61']);
});

test('J62: done if and only if the target has it', () => {
  const one = [order(1, 'id of b')];
  const done = run('a', sent(1), answered(1, 'done', '1'));
  expect(broken(one, [done, run('b')])).toEqual(['J62']);
  expect(broken(one, [done, run('c', received(1))])).toEqual(['J62']);
  const named = [order(1, 'id of b', { target: { workflowId: 'id of b', runId: 'x' } })];
  expect(broken(named, [done, run('b', received(1))])).toContain('J62');
  for (const answer of ['not found', 'closed']) {
    const said = run('a', sent(1), answered(1, answer));
    expect(broken(one, [said, run('b', received(1))])).toEqual(['J62']);
  }
});

test('J63: received once, and sent', () => {
  const [one] = twoOrders as [ProbeOrdered];
  const done = run('a', sent(1), answered(1, 'done', '1'));
  expect(broken([one], [done, run('b', received(1), received(1))])).toContain('J63');
  const another = { ...run('b2', received(1)), workflowId: 'id of b' };
  expect(broken([one], [done, run('b', received(1)), another])).toContain('J63');
  const unknown = order(1, 'id of b', { messageId: null });
  expect(broken([unknown], [run('a'), run('b', received(1))])).toEqual(['J63']);
  expect(broken([], [run('b', received(1))])).toEqual(['J63']);
});

test('J64: in the order of their sending', () => {
  const crossed = run('a', sent(1), sent(2), answered(1, 'done', '2'), answered(2, 'done', '1'));
  expect(broken(twoOrders, [crossed, run('b', received(2), received(1))])).toEqual(['J64']);
  const late = run('a', sent(1), sent(2), answered(2, 'done', '2'), answered(1, 'done', '1'));
  expect(broken(twoOrders, [late, b])).toEqual(['J64']);
  const elsewhere = [order(1, 'id of b'), order(2, 'id of c')];
  const apart = run('a', sent(1), sent(2), answered(2, 'done', '1'), answered(1, 'done', '1'));
  expect(broken(elsewhere, [apart, run('b', received(1)), run('c', received(2))])).toEqual([]);
});

test('J65: the answer says which one it was', () => {
  const done = run('a', sent(1), answered(1, 'done', '1'));
  expect(broken([order(1, 'id of b')], [done, run('b', received(9), received(1))])).toContain(
    'J65',
  );
});

test('J66: nothing is left', () => {
  expect(broken([], [{ ...run('a'), outbox: ['m1'] }])).toEqual(['J66']);
  expect(broken([], [{ ...run('a'), unreleased: ['message:m1'] }])).toEqual(['J66']);
});

test('J67: who was there was found, who had ended took nothing', () => {
  const one = [order(1, 'id of b')];
  const notFound = [run('a', sent(1), answered(1, 'not found')), run('b')];
  expect(broken(one, notFound, { ledger: ledgerWith({ started: 'b' }) })).toEqual(['J67']);
  expect(broken(one, notFound)).toEqual([]);
  const named = [order(1, 'id of b', { target: { workflowId: 'id of b', runId: 'b' } })];
  const done = [run('a', sent(1), answered(1, 'done', '1')), run('b', received(1))];
  expect(broken(named, done, { ledger: ledgerWith({ started: 'b' }) })).toEqual([]);
  expect(broken(named, done, { ledger: ledgerWith({ ended: 'b' }) })).toEqual(['J67']);
  const nobody = [order(1, 'nobody-1')];
  expect(broken(nobody, [run('a', sent(1), answered(1, 'closed'))])).toEqual(['J67']);
});

test('J68: a restart changes nothing', () => {
  expect(broken([], [b], { before: [a, b] })).toContain('J68');
  expect(broken(twoOrders, [a, b], { before: [a, run('b', received(1))] })).toEqual(['J68']);
});

test('what was deleted takes its lists with it', () => {
  const done = run('a', sent(1), answered(1, 'done', '1'));
  const gone = judged([order(1, 'id of b')], [done], { ledger: ledgerWith({ deleted: 'b' }) });
  expect(gone.faults).toEqual([]);
  expect(gone.fates.unseen).toBe(1);
  const senderGone = judged(twoOrders, [b], { ledger: ledgerWith({ deleted: 'a' }) });
  expect(senderGone.faults).toEqual([]);
  expect(senderGone.fates.unseen).toBe(2);
});
