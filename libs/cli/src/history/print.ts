// A history on the terminal: a table that grows with the events, or a section for each.

import { type FullHistoryEvent, fullType, type JsonValue, protoJson } from '@perdure/wire/full';
import { paintOutcome } from '../render/color.ts';
import { enumLabel } from '../render/enum-label.ts';
import type { Output } from '../render/output.ts';
import { isoSecond } from '../render/time.ts';
import { EventNarrator } from './event-details.ts';
import { historyEventType } from './read.ts';

const widths = [4, 20, 30] as const;

export function eventTypeName(event: FullHistoryEvent): string {
  return enumLabel('EventType', event.eventType);
}

/** Prints the events as they come; gives back the one that closed the run, if it came. */
export async function printHistory(
  output: Output,
  events: AsyncIterable<FullHistoryEvent>,
  options: { readonly detailed: boolean },
): Promise<FullHistoryEvent | undefined> {
  const narrator = new EventNarrator();
  let closing: FullHistoryEvent | undefined;
  let first = true;
  for await (const event of events) {
    if (first) printTitles(output, options);
    if (options.detailed) printSection(output, event, first);
    else printLine(output, event, narrator);
    first = false;
    if (isClosing(event)) closing = event;
  }
  return closing;
}

function printTitles(output: Output, options: { readonly detailed: boolean }): void {
  output.heading('Progress:');
  if (options.detailed) return;
  const titles = ['ID', 'Time', 'Type', 'Details'].map((title) => output.paint.heading(title));
  output.tableLine(titles, widths);
}

export function isClosing(event: FullHistoryEvent): boolean {
  return /^WorkflowExecution(Completed|Failed|TimedOut|Canceled|Terminated|ContinuedAsNew)$/.test(
    eventTypeName(event),
  );
}

function printLine(output: Output, event: FullHistoryEvent, narrator: EventNarrator): void {
  const id = String(event.eventId).padStart(widths[0]);
  const type = paintOutcome(eventTypeName(event), output.paint);
  const time = isoSecond(Number(event.eventTime?.seconds ?? 0) * 1000);
  output.tableLine([id, time, type, output.paint.faint(narrator.details(event))], widths);
}

function printSection(output: Output, event: FullHistoryEvent, first: boolean): void {
  if (!first) output.line();
  output.line(`--------------- [${event.eventId}] ${eventTypeName(event)} ---------------`);
  const json = protoJson(fullType(historyEventType), event, output.payloads);
  for (const [path, value] of flatten(json)) output.line(`${path}: ${value}`);
}

/** Every leaf of an event by its path; the attributes are lifted to the top, id and type left out. */
export function flatten(event: JsonValue): readonly (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = [];
  const visit = (path: string, value: JsonValue): void => {
    if (Array.isArray(value)) {
      value.forEach((of: JsonValue, index) => visit(`${path}[${index}]`, of));
    } else if (typeof value === 'object' && value !== null && !isRawJson(value)) {
      for (const [key, of] of Object.entries(value))
        visit(path === '' ? key : `${path}.${key}`, of);
    } else {
      lines.push([path, typeof value === 'string' ? value : JSON.stringify(value)]);
    }
  };
  for (const [key, value] of Object.entries(event as Readonly<Record<string, JsonValue>>)) {
    if (key === 'eventId' || key === 'eventType') continue;
    visit(key.endsWith('Attributes') ? '' : key, value);
  }
  return lines.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

const isRawJson = (JSON as unknown as { readonly isRawJSON: (value: unknown) => boolean })
  .isRawJSON;
