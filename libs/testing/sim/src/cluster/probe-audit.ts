// What must hold of probes when all is quiet, whatever happened on the way (X1-X3). Knows what was ordered, and what each run
// lists: nothing of how messages travel.
//
// J60. A probe whose order was acknowledged stands in its sender under that id, once, and so does one without an answer, or
//      it stands nowhere; one that was refused stands nowhere.
// J61. Every probe that was sent is answered once, in its sender and nowhere else.
// J62. "Done": one run received it, of the target that was named. Any other answer: no run did.
// J63. No run received a probe twice, or one that was not sent.
// J64. Those of one run to one workflow id were received and answered in the order in which they were sent, and no earlier
//      run of a chain received what was sent behind what a later run received.
// J65. An answer says which entry of its receiver's list the probe is.
// J66. No message is under way, and no key of one waits for its release.
// J67. A run that was there all the time was found, and one that had ended before the order took nothing; an id that nobody
//      started was not found.
// J68. A restart changes nothing of a list.
//
// Runs that somebody asked to delete may be gone with their lists. What only they could tell is left out, and counted.

import type { Ledger, Shown } from '@perdure/model';
import { successorOf } from '../workload/looks.ts';
import { neverStarted, type ProbeOrdered } from './prober.ts';

export interface ProbeSeen {
  readonly messageId: string;
  readonly what: string;
  readonly text: string;
  readonly answer: string;
}

/** A run and its messages as the server shows them. */
export interface RunProbes {
  readonly workflowId: string;
  readonly runId: string;
  readonly probes: readonly ProbeSeen[];
  /** Ids of messages under way. */
  readonly outbox: readonly string[];
  /** Of the workflow id: names of message keys that wait for their release. */
  readonly unreleased: readonly string[];
}

interface Received {
  readonly run: RunProbes;
  /** In the list of the run, from 1. */
  readonly place: number;
  readonly text: string;
}

export type ProbeFates = Readonly<Record<'done' | 'not found' | 'closed' | 'unseen', number>>;

export interface ProbeVerdict {
  readonly faults: readonly string[];
  /** Of the probes that were sent: how many had that answer; of how many it cannot be seen what became of them. */
  readonly fates: ProbeFates;
}

/** `before`: the lists as they were read the last time; null: they were not. */
export function judgeProbes(
  orders: readonly ProbeOrdered[],
  runs: readonly RunProbes[],
  around: { readonly ledger: Ledger; readonly shown: Shown },
  before: readonly RunProbes[] | null,
): ProbeVerdict {
  const deletions = around.ledger.requests.filter(({ kind }) => kind === 'delete');
  const known: Known = {
    ...around,
    orders: new Map(orders.map((order) => [order.text, order])),
    runs: new Map(runs.map((run) => [run.runId, run])),
    received: receivedBy(runs),
    deleted: new Set(deletions.map(({ runId }) => runId)),
    idsWithDeletions: new Set(deletions.map(({ workflowId }) => workflowId)),
  };
  const fates = { done: 0, 'not found': 0, closed: 0, unseen: 0 };
  const faults = [
    ...orders.flatMap((order) => sending(order, known, fates)),
    ...runs.flatMap((run) => answers(run, known, fates)),
    ...receptions(known),
    ...runs.flatMap((run) => inOrder(run, known)),
    ...runs.flatMap(leftOver),
    ...(before === null ? [] : before.flatMap((run) => changed(run, known))),
  ];
  return { faults, fates };
}

interface Known {
  readonly ledger: Ledger;
  readonly shown: Shown;
  /** By their text. */
  readonly orders: ReadonlyMap<string, ProbeOrdered>;
  readonly runs: ReadonlyMap<string, RunProbes>;
  /** By message id. */
  readonly received: ReadonlyMap<string, readonly Received[]>;
  /** Runs, and workflow ids of runs, that somebody asked to delete. */
  readonly deleted: ReadonlySet<string>;
  readonly idsWithDeletions: ReadonlySet<string>;
}

function receivedBy(runs: readonly RunProbes[]): Map<string, Received[]> {
  const received = new Map<string, Received[]>();
  for (const run of runs) {
    for (const [index, { messageId, text, what }] of run.probes.entries()) {
      if (what !== 'received') continue;
      const of = received.get(messageId) ?? [];
      of.push({ run, place: index + 1, text });
      received.set(messageId, of);
    }
  }
  return received;
}

/** J60. */
function sending(
  { messageId, refused, sender, text }: ProbeOrdered,
  { deleted, runs }: Known,
  fates: { unseen: number },
): string[] {
  const run = runs.get(sender.runId);
  if (run === undefined) {
    if (messageId !== null) fates.unseen += 1;
    return deleted.has(sender.runId) ? [] : [`J60: ${text}: its sender ${sender.runId} is gone`];
  }
  const sent = run.probes.filter((probe) => probe.what === 'sent' && probe.text === text);
  if (sent.length > 1) return [`J60: ${text} was sent ${sent.length} times`];
  if (refused && sent.length > 0) return [`J60: ${text} was refused, and sent`];
  if (messageId === null || sent[0]?.messageId === messageId) return [];
  return [`J60: ${text} was acknowledged as ${messageId}, and its sender has no such probe`];
}

/** J61, J62, J65, J67 of what the run sent. */
function answers(
  { probes, runId }: RunProbes,
  known: Known,
  fates: { done: number; 'not found': number; closed: number; unseen: number },
): string[] {
  const faults: string[] = [];
  const answered = Map.groupBy(
    probes.filter(({ what }) => what === 'answered'),
    ({ messageId }) => messageId,
  );
  const sent = probes.filter(({ what }) => what === 'sent');
  const ids = new Set(sent.map(({ messageId }) => messageId));
  for (const id of answered.keys()) {
    if (!ids.has(id)) faults.push(`J61: ${id} was answered in ${runId}, which did not send it`);
  }
  for (const { messageId, text } of sent) {
    const told = answered.get(messageId) ?? [];
    const [answer] = told;
    if (told.length !== 1 || answer === undefined) {
      faults.push(`J61: ${text} (${messageId}) was answered ${told.length} times`);
      continue;
    }
    if (answer.answer in fates) fates[answer.answer as keyof typeof fates] += 1;
    else faults.push(`J61: ${text} (${messageId}) was answered "${answer.answer}"`);
    const order = known.orders.get(text);
    if (order === undefined) {
      faults.push(`J60: ${text} (${messageId}) was never ordered`);
      continue;
    }
    faults.push(
      ...effect(messageId, order, answer, known, fates).map(
        (fault) => `${fault}: ${text} (${messageId}), answered ${answer.answer} ${answer.text}`,
      ),
      ...expected(order, answer.answer, known).map(
        (fault) => `J67: ${fault}: ${text} (${messageId}), answered ${answer.answer}`,
      ),
    );
  }
  return faults;
}

/** J62, J65. */
function effect(
  messageId: string,
  { target }: ProbeOrdered,
  answer: ProbeSeen,
  { deleted, idsWithDeletions, received }: Known,
  fates: { unseen: number },
): string[] {
  const at = received.get(messageId) ?? [];
  if (answer.answer !== 'done') return at.length === 0 ? [] : ['J62: it was received all the same'];
  const [one] = at;
  if (one === undefined) {
    fates.unseen += 1;
    const mayBeGone =
      target.runId === '' ? idsWithDeletions.has(target.workflowId) : deleted.has(target.runId);
    return mayBeGone ? [] : ['J62: nobody received it'];
  }
  const { place, run } = one;
  const isNamed =
    run.workflowId === target.workflowId && (target.runId === '' || run.runId === target.runId);
  return [
    ...(isNamed ? [] : [`J62: ${run.workflowId} ${run.runId} received it`]),
    ...(answer.text === String(place) ? [] : [`J65: it is number ${place} of ${run.runId}`]),
  ];
}

/** J67. */
function expected({ beganUs, target }: ProbeOrdered, answer: string, known: Known): string[] {
  const { deleted, idsWithDeletions, ledger, runs } = known;
  const { workflowId, runId } = target;
  if (workflowId.startsWith(neverStarted)) return answer === 'not found' ? [] : ['nobody is there'];
  const isGone = runId === '' ? idsWithDeletions.has(workflowId) : deleted.has(runId);
  const stood = ledger.starts.some(
    (start) =>
      start.workflowId === workflowId &&
      (runId === '' || start.runId === runId) &&
      start.endedUs <= beganUs,
  );
  if (stood && !isGone && answer === 'not found') return ['the run was there'];
  if (runId !== '' && !stood && !runs.has(runId) && !isGone && answer !== 'not found')
    return ['there is no such run'];
  const ended = ledger.ends.some((end) => end.runId === runId && end.endedUs <= beganUs);
  return runId !== '' && ended && answer === 'done' ? ['the run had ended'] : [];
}

/** J63. */
function receptions({ deleted, orders, received, runs }: Known): string[] {
  return [...received].flatMap(([messageId, at]) => {
    const [one] = at as [Received];
    const order = orders.get(one.text);
    if (at.length > 1) {
      const by = at.map(({ run }) => run.runId).join(' and ');
      return [`J63: ${one.text} (${messageId}) was received ${at.length} times, by ${by}`];
    }
    if (order === undefined) return [`J63: ${one.text} (${messageId}) was never ordered`];
    const sender = runs.get(order.sender.runId);
    if (sender === undefined && deleted.has(order.sender.runId)) return [];
    const isSent = sender?.probes.some(
      (probe) => probe.what === 'sent' && probe.messageId === messageId && probe.text === one.text,
    );
    return isSent === true ? [] : [`J63: ${one.text} (${messageId}) was received and not sent`];
  });
}

/** J64. */
function inOrder({ probes, runId }: RunProbes, known: Known): string[] {
  const lanes = Map.groupBy(
    probes.filter(({ what }) => what === 'sent'),
    ({ text }) => known.orders.get(text)?.target.workflowId ?? '',
  );
  const answerPlaces = new Map(
    probes.flatMap(({ messageId, what }, place) =>
      what === 'answered' ? [[messageId, place]] : [],
    ),
  );
  const faults: string[] = [];
  for (const [workflowId, sent] of lanes) {
    const lane = `from ${runId} to ${workflowId}`;
    const places = sent.map(({ messageId }) => answerPlaces.get(messageId) ?? Infinity);
    if (!isAscending(places)) faults.push(`J64: probes ${lane} were not answered in their order`);
    const taken = sent.flatMap(({ messageId }) => known.received.get(messageId)?.slice(0, 1) ?? []);
    for (const [index, later] of taken.entries()) {
      const earlier = taken[index - 1];
      if (earlier === undefined) continue;
      const isAfter =
        earlier.run === later.run
          ? earlier.place < later.place
          : !follows(earlier.run.runId, later.run.runId, known);
      if (!isAfter) faults.push(`J64: ${later.text} ${lane} was received before ${earlier.text}`);
    }
  }
  return faults;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || (numbers[index - 1] as number) <= number);
}

/** True when `later` is a run that came of `earlier`. */
function follows(later: string, earlier: string, { shown }: Known): boolean {
  const events = new Map(shown.runs.map((run) => [run.runId, run.events]));
  for (let runId: string | null = earlier; runId !== null; ) {
    runId = successorOf(events.get(runId) ?? []);
    if (runId === later) return true;
  }
  return false;
}

/** J66. */
function leftOver({ outbox, runId, unreleased, workflowId }: RunProbes): string[] {
  return [
    ...outbox.map((id) => `J66: ${id} is still under way in ${runId}`),
    ...unreleased.map((key) => `J66: ${workflowId} still keeps ${key}`),
  ];
}

/** J68. */
function changed({ probes, runId }: RunProbes, { runs }: Known): string[] {
  const now = runs.get(runId);
  if (now === undefined) return [`J68: ${runId} is gone`];
  const same = JSON.stringify(now.probes) === JSON.stringify(probes);
  return same ? [] : [`J68: the probes of ${runId} are not those that they were`];
}
