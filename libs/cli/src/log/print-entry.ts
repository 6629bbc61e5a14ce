// Entries of a log: one line for a record and for each transition, or one JSON object.
//
// What users gave is in events and failures; it is shown only when it was asked for.

import type { DumpEntry, DumpedTransition } from '@perdure/server/offline';
import { fullCodec, fullType, type JsonValue, protoJson } from '@perdure/wire/full';
import { enumLabel } from '../render/enum-label.ts';
import type { Output } from '../render/output.ts';
import { isoMicroseconds } from '../render/time.ts';

const historyType = 'temporal.api.history.v1.History';

interface EventHead {
  readonly eventId: number;
  readonly eventType: number;
}

export class EntryPrinter {
  readonly #output: Output;
  readonly #payloads: boolean;

  constructor(output: Output, payloads: boolean) {
    this.#output = output;
    this.#payloads = payloads;
  }

  print(entry: DumpEntry): void {
    if (this.#output.isJson) {
      for (const item of this.#items(entry)) this.#output.item(item);
      return;
    }
    if (this.#output.isText) this.#lines(entry);
  }

  #lines(entry: DumpEntry): void {
    const line = (text: string): void => this.#output.line(text);
    if (entry.kind === 'damage') {
      const { segment, at } = entry.place;
      line(`${'-'.padStart(8)}  damage    ${segment}, byte ${at}: ${entry.reason}`);
      return;
    }
    const offset = String(entry.offset).padStart(8);
    if (entry.kind === 'announce') {
      const { epoch, owner } = entry.announce;
      line(`${offset}  announce  epoch ${epoch} by ${owner}${entry.counts ? '' : ' (ignored)'}`);
      return;
    }
    const { epoch, number, clockUs, transitions } = entry.frame;
    const verdict = entry.verdict === 'counted' ? '' : ` (void: ${entry.verdict})`;
    const size = transitions.length === 0 ? 'barrier' : `${transitions.length} transitions`;
    line(
      `${offset}  frame     epoch ${epoch} number ${number} ${isoMicroseconds(clockUs)} ${size}${verdict}`,
    );
    for (const transition of transitions) line(this.#transitionLine(transition));
  }

  #transitionLine(transition: DumpedTransition): string {
    const { alone, workflowId, runId, version, body, unreadable } = transition;
    if (alone !== null) {
      return `${' '.repeat(10)}${JSON.stringify(workflowId)} itself: ${alone.keys.length} keys of messages`;
    }
    const head = `${' '.repeat(10)}${JSON.stringify(workflowId)} ${runId} v${version}`;
    if (body === null) return `${head} cannot be read: ${unreadable}`;
    const events = this.#events(body.events)
      .map(({ eventId, eventType }) => `${eventId} ${enumLabel('EventType', eventType)}`)
      .join(', ');
    const status = enumLabel('WorkflowExecutionStatus', body.delta.progress.status);
    const line = `${head} ${status}${events === '' ? '' : `: ${events}`}`;
    if (!this.#payloads || body.events.length === 0) return line;
    return [
      line,
      ...this.#wholeEvents(body.events).map((event) => `${' '.repeat(12)}${JSON.stringify(event)}`),
    ].join('\n');
  }

  #items(entry: DumpEntry): JsonValue[] {
    switch (entry.kind) {
      case 'damage':
        return [{ kind: 'damage', ...entry.place, reason: entry.reason }];
      case 'announce':
        return [
          { kind: 'announce', offset: entry.offset, counts: entry.counts, ...entry.announce },
        ];
      case 'frame': {
        const { offset, verdict, frame } = entry;
        const { epoch, number, clockUs, transitions } = frame;
        const head = { offset, epoch, number, verdict };
        return [
          { kind: 'frame', ...head, clockUs, transitions: transitions.length },
          ...transitions.map((transition) => ({
            kind: 'transition',
            ...head,
            ...this.#transitionJson(transition),
          })),
        ];
      }
    }
  }

  #transitionJson({ alone, body, unreadable, ...head }: DumpedTransition): {
    [key: string]: JsonValue;
  } {
    if (alone !== null) return { ...head, dedupKeys: alone.keys.length };
    if (body === null) return { ...head, unreadable };
    const { delta, workflow } = body;
    const { progress } = delta;
    const events: JsonValue = this.#payloads
      ? this.#wholeEvents(body.events)
      : this.#events(body.events).map(({ eventId, eventType }) => ({
          eventId,
          eventType: enumLabel('EventType', eventType),
        }));
    return {
      ...head,
      status: enumLabel('WorkflowExecutionStatus', progress.status),
      nextEventId: progress.nextEventId,
      events,
      activitiesSet: delta.activitiesSet.map(({ scheduledEventId }) => scheduledEventId),
      activitiesRemoved: delta.activitiesRemoved,
      timersSet: delta.timersSet.map(({ timerId }) => timerId),
      timersRemoved: delta.timersRemoved,
      buffered: delta.buffered.length,
      outboxSet: delta.outboxSet.map(({ id }) => id),
      outboxRemoved: delta.outboxRemoved,
      makesCurrent: workflow?.makesCurrent ?? false,
      dedupKeys: workflow?.keys.length ?? 0,
    };
  }

  #events(bytes: Uint8Array): readonly EventHead[] {
    if (bytes.length === 0) return [];
    const { events } = fullCodec<object>(historyType).decode(bytes) as { events?: EventHead[] };
    return events ?? [];
  }

  #wholeEvents(bytes: Uint8Array): readonly JsonValue[] {
    if (bytes.length === 0) return [];
    const history = fullCodec<object>(historyType).decode(bytes);
    const json = protoJson(fullType(historyType), history, this.#output.payloads);
    return (json as { readonly events?: readonly JsonValue[] }).events ?? [];
  }
}
