// GetWorkflowExecutionHistory and its reverse (wire-contract 3.12): pages, long polls, the closing event alone.

import { transientEvents } from '@perdure/core-execution';
import { concatBytes, invalidArgument, noBytes, RejectionError, usPerMs } from '@perdure/kernel';
import type { CallContext, Routed } from '@perdure/ports';
import {
  encodeEvent,
  HistoryEventFilterType,
  type RpcResponseInit,
  reverseEvents,
} from '@perdure/wire';
import type { HistoryContext } from '../context.ts';
import { decodeHistoryToken, encodeHistoryToken, type HistoryToken } from '../history-token.ts';
import { readHistory } from '../owner/history-reader.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { shownCloseEvent } from './close-event.ts';

type Response = RpcResponseInit<'GetWorkflowExecutionHistory'>;

const pageBytesMax = 2 * 1024 * 1024;
/** A waiting call is answered this long before its client gives up. */
const deadlineMarginUs = 500 * usPerMs;
/** Clients that show histories to people; they are not shown what is not in the history yet. */
const viewers = new Set(['temporal-cli', 'temporal-ui', 'perdure-cli']);

interface Position {
  readonly handle: RunHandle;
  readonly nextEventId: number;
  readonly endEventId: number;
}

async function positionOf(
  context: HistoryContext,
  namespaceId: string,
  execution: { workflowId: string; runId: string } | null,
  nextPageToken: Uint8Array,
): Promise<Position> {
  const { workflowId, runId } = execution ?? { workflowId: '', runId: '' };
  const token: HistoryToken | null =
    nextPageToken.length === 0 ? null : decodeHistoryToken(nextPageToken);
  if (token !== null && runId !== '' && runId !== token.runId) {
    throw new RejectionError(invalidArgument('NextPageToken is of another run.'));
  }
  const handle = await context.loader.find(namespaceId, workflowId, token?.runId ?? runId);
  return { handle, nextEventId: token?.nextEventId ?? 1, endEventId: token?.endEventId ?? 0 };
}

/** When a call that waits must be answered, µs. */
function waitUntilUs(context: HistoryContext, namespace: string, call: CallContext): number {
  const waitUs = context.config.value('history.longPollExpirationInterval', { namespace });
  const softUs = context.clock.nowUs() + waitUs;
  return call.deadlineMs === null
    ? softUs
    : Math.min(softUs, call.deadlineMs * usPerMs - deadlineMarginUs);
}

/** Lets one call wait for durable changes of a run, one after the other; a call hears of its client's going once. */
class ChangeWait {
  readonly #context: HistoryContext;
  readonly untilUs: number;
  #wake: () => void = () => undefined;

  constructor(context: HistoryContext, namespace: string, call: CallContext) {
    this.#context = context;
    this.untilUs = waitUntilUs(context, namespace, call);
    call.onCancelled(() => this.#wake());
  }

  /** Resolves at the next change, when the time is up, when the client goes or when the process ends. */
  next(handle: RunHandle): Promise<void> {
    const { clock, ending } = this.#context;
    if (ending()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        timer.cancel();
        unwatch();
        resolve();
      };
      const unwatch = handle.watch(this.#wake);
      const timer = clock.after(Math.max(this.untilUs - clock.nowUs(), 0), this.#wake);
    });
  }
}

/** The newest state of the run: a run that left memory while a call waited is loaded again. */
async function current(context: HistoryContext, handle: RunHandle): Promise<RunHandle> {
  if (!handle.evicted && !handle.deleted) return handle;
  const { namespaceId, workflowId, runId } = handle.state.run;
  return context.loader.find(namespaceId, workflowId, runId);
}

export async function getHistory(
  context: HistoryContext,
  { namespaceId, namespace, request }: Routed<'GetWorkflowExecutionHistory'>,
  call: CallContext,
): Promise<Response> {
  const position = await positionOf(context, namespaceId, request.execution, request.nextPageToken);
  await context.owner.afterHead();
  if (request.historyEventFilterType === HistoryEventFilterType.CloseEvent) {
    const waits = request.waitNewEvent && position.handle.open;
    const wait = waits ? new ChangeWait(context, namespace, call) : null;
    return closeEvent(context, position, wait, call);
  }
  let handle = await current(context, position.handle);
  const waits = request.waitNewEvent && position.endEventId === 0;
  if (waits && handle.open && position.nextEventId >= handle.state.progress.nextEventId) {
    await new ChangeWait(context, namespace, call).next(handle);
    handle = await current(context, handle);
    await context.owner.afterHead();
  }
  const maxEvents = request.maximumPageSize;
  return page(
    context,
    { ...position, handle },
    { maxEvents, waits, shown: !viewers.has(call.clientName) },
  );
}

async function page(
  context: HistoryContext,
  { handle, nextEventId, endEventId }: Position,
  options: { maxEvents: number; waits: boolean; shown: boolean },
): Promise<Response> {
  const { progress, run } = handle.state;
  const open = handle.open;
  const end = endEventId === 0 ? progress.nextEventId : endEventId;
  // Taken with the head that the page is read to: what comes later belongs to a later call.
  const transient = options.shown ? transientEvents(handle.state).map(encodeEvent) : [];
  const read = await readHistory(context.store, handle, {
    from: nextEventId,
    to: end,
    maxEvents: options.maxEvents,
    maxBytes: pageBytesMax,
  });
  await context.owner.afterHead();
  await refuseIfDeleted(context, handle);
  const reached = read.nextEventId >= end;
  const more = !reached || (options.waits && open);
  const events = reached ? concatBytes([read.events, ...transient]) : read.events;
  const token = { runId: run.runId, nextEventId: read.nextEventId, endEventId };
  return {
    history: events,
    ...(more ? { nextPageToken: encodeHistoryToken(token) } : {}),
  };
}

async function closeEvent(
  context: HistoryContext,
  position: Position,
  wait: ChangeWait | null,
  call: CallContext,
): Promise<Response> {
  let handle = await current(context, position.handle);
  if (handle.open && wait !== null) {
    const waiting = (): boolean => !call.cancelled() && !context.ending();
    while (handle.open && waiting() && context.clock.nowUs() < wait.untilUs) {
      await wait.next(handle);
      handle = await current(context, handle);
    }
    await context.owner.afterHead();
  }
  const { progress, run } = handle.state;
  if (handle.open) {
    const token = { runId: run.runId, nextEventId: position.nextEventId, endEventId: 0 };
    return {
      history: noBytes,
      ...(wait === null ? {} : { nextPageToken: encodeHistoryToken(token) }),
    };
  }
  const last = progress.nextEventId - 1;
  const range = { from: last, to: last + 1, maxEvents: 1, maxBytes: pageBytesMax };
  const read = await readHistory(context.store, handle, range);
  await context.owner.afterHead();
  await refuseIfDeleted(context, handle);
  // Only such a run can go on without a ContinuedAsNew of its own.
  if (handle.state.start.retryPolicy.length === 0) return { history: read.events };
  return { history: shownCloseEvent(read.events, call.supportedFeatures) };
}

/** The run was deleted while it was read: what was found of it may be a part. */
async function refuseIfDeleted({ loader }: HistoryContext, handle: RunHandle): Promise<void> {
  if (handle.deleted) throw await loader.absent(handle.state.run.workflowId);
}

/** Newest first; no long poll. */
export async function getHistoryReverse(
  context: HistoryContext,
  { namespaceId, request }: Routed<'GetWorkflowExecutionHistoryReverse'>,
): Promise<RpcResponseInit<'GetWorkflowExecutionHistoryReverse'>> {
  const { execution, nextPageToken } = request;
  const { handle } = await positionOf(context, namespaceId, execution, nextPageToken);
  await context.owner.afterHead();
  // The token of a reverse read names the event above which all was given.
  const end =
    nextPageToken.length === 0
      ? handle.state.progress.nextEventId
      : decodeHistoryToken(nextPageToken).nextEventId;
  const maxEvents = request.maximumPageSize;
  const from = Math.max(1, end - maxEvents);
  const range = { from, to: end, maxEvents, maxBytes: Number.MAX_SAFE_INTEGER };
  const read = await readHistory(context.store, handle, range);
  await context.owner.afterHead();
  await refuseIfDeleted(context, handle);
  const { runId } = handle.state.run;
  return {
    history: reverseEvents(read.events),
    ...(from > 1
      ? { nextPageToken: encodeHistoryToken({ runId, nextEventId: from, endEventId: 0 }) }
      : {}),
  };
}
