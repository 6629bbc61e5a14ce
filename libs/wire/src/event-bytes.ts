// Events as bytes. An event is encoded once, tagged as a field of `temporal.api.history.v1.History`; a history is the
// concatenation of its events, so frames, rows, polls and reads pass slices on without decoding (architecture 11).

import { concatBytes } from '@perdure/kernel';
import { type HistoryEvent, type HistoryEventInit, historyEventCodec } from './messages.ts';

/** Field 1, length-delimited: `History.events`. */
const tag = 0x0a;

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** The event as one field of a History. */
export function encodeEvent(event: HistoryEventInit): Uint8Array {
  const body = historyEventCodec.encode(event);
  const field = new Uint8Array(1 + varintLength(body.length) + body.length);
  field[0] = tag;
  let position = 1;
  let rest = body.length;
  for (; rest >= 0x80; rest >>>= 7) field[position++] = (rest & 0x7f) | 0x80;
  field[position++] = rest;
  field.set(body, position);
  return field;
}

interface FieldBounds {
  readonly body: number;
  readonly end: number;
}

function fieldAt(events: Uint8Array, position: number): FieldBounds {
  if (events[position] !== tag) throw new RangeError('history bytes are not a sequence of events');
  let body = position + 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = events[body++];
    if (byte === undefined || shift > 28) throw new RangeError('history bytes are cut off');
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const end = body + length;
  if (end > events.length) throw new RangeError('history bytes are cut off');
  return { body, end };
}

/** Position behind the first `count` events. */
export function skipEvents(events: Uint8Array, count: number): number {
  let position = 0;
  for (let i = 0; i < count; i++) position = fieldAt(events, position).end;
  return position;
}

export function countEvents(events: Uint8Array): number {
  let count = 0;
  for (let position = 0; position < events.length; count++)
    position = fieldAt(events, position).end;
  return count;
}

/** Each event as a slice, tag included. */
export function splitEvents(events: Uint8Array): Uint8Array[] {
  const slices: Uint8Array[] = [];
  for (let position = 0; position < events.length; ) {
    const { end } = fieldAt(events, position);
    slices.push(events.subarray(position, end));
    position = end;
  }
  return slices;
}

export function decodeEvents(events: Uint8Array): HistoryEvent[] {
  const decoded: HistoryEvent[] = [];
  for (let position = 0; position < events.length; ) {
    const { body, end } = fieldAt(events, position);
    decoded.push(historyEventCodec.decode(events.subarray(body, end)));
    position = end;
  }
  return decoded;
}

/** The events in reverse order. */
export function reverseEvents(events: Uint8Array): Uint8Array {
  return concatBytes(splitEvents(events).reverse());
}
