// Events of a workflow, page by page.

import { type FullHistoryEvent, type FullResponse, type temporal } from '@perdure/wire/full';
import type { Connection } from '../client/connection.ts';
import { CommandError } from '../command.ts';

export interface HistorySource {
  readonly connection: Connection;
  readonly workflowId: string;
  readonly runId: string;
}

const longPollMsMax = 70_000;
const waitForClose: temporal.api.enums.v1.HistoryEventFilterType = 2;

type Page = FullResponse<'GetWorkflowExecutionHistory'>;

async function* pages(
  { connection, workflowId, runId }: HistorySource,
  request: { readonly waitNewEvent?: boolean; readonly historyEventFilterType?: number },
): AsyncGenerator<Page> {
  const timeoutMs = request.waitNewEvent === true ? longPollMsMax : undefined;
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await connection.call(
      'GetWorkflowExecutionHistory',
      {
        namespace: connection.namespace,
        execution: { workflowId, runId },
        nextPageToken,
        ...request,
      },
      timeoutMs,
    );
    yield page;
    nextPageToken = new Uint8Array(page.nextPageToken);
  } while (nextPageToken.length > 0);
}

/** The events in order. With `follow`, also those to come until the run closes, and then the run that continues it. */
export async function* readHistory(
  source: HistorySource,
  options: { readonly follow: boolean },
): AsyncGenerator<FullHistoryEvent> {
  let continuedAs = '';
  for await (const page of pages(source, { waitNewEvent: options.follow })) {
    for (const event of page.history?.events ?? []) {
      yield event;
      continuedAs = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
    }
  }
  if (options.follow && continuedAs !== '') {
    yield* readHistory({ ...source, runId: continuedAs }, options);
  }
}

/** The events, the last one first. */
export async function* readHistoryReverse({
  connection,
  workflowId,
  runId,
}: HistorySource): AsyncGenerator<FullHistoryEvent> {
  let nextPageToken = new Uint8Array(0);
  do {
    const page = await connection.call('GetWorkflowExecutionHistoryReverse', {
      namespace: connection.namespace,
      execution: { workflowId, runId },
      nextPageToken,
    });
    yield* page.history?.events ?? [];
    nextPageToken = new Uint8Array(page.nextPageToken);
  } while (nextPageToken.length > 0);
}

export interface Closing {
  readonly event: FullHistoryEvent;
  readonly runId: string;
}

/** The event that closed the workflow; with `wait`, the one that will, over all runs that continue each other. */
export async function closingEvent(
  source: HistorySource,
  options: { readonly wait: boolean },
): Promise<Closing> {
  let { runId } = source;
  for (;;) {
    const event = await closeOfRun({ ...source, runId }, options.wait);
    if (event === undefined) throw new CommandError('the workflow has no closing event yet');
    const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
    if (!options.wait || next === '') return { event, runId };
    runId = next;
  }
}

async function closeOfRun(
  source: HistorySource,
  wait: boolean,
): Promise<FullHistoryEvent | undefined> {
  const request = { waitNewEvent: wait, historyEventFilterType: waitForClose };
  for await (const page of pages(source, request)) {
    const event = page.history?.events.at(-1);
    if (event !== undefined) return event;
  }
  return undefined;
}

export const historyEventType = 'temporal.api.history.v1.HistoryEvent';
