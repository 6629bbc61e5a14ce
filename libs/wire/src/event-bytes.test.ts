// Events as slices of bytes against the History that the published messages make of them.

import { concatBytes, noBytes } from '@perdure/kernel';
import { temporal } from '@temporalio/proto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countEvents,
  decodeEvents,
  encodeEvent,
  reverseEvents,
  skipEvents,
  splitEvents,
} from './event-bytes.ts';

const { History } = temporal.api.history.v1;
/** Sizes around those at which a length takes one more byte. */
const size = fc.oneof(
  fc.nat({ max: 60 }),
  fc.integer({ min: 90, max: 140 }),
  fc.integer({ min: 16_350, max: 16_400 }),
);
const histories = fc.array(size, { maxLength: 6 }).map((sizes) =>
  sizes.map((length, index) =>
    encodeEvent({
      eventId: index + 1,
      eventType: 26,
      workflowExecutionSignaledEventAttributes: { input: new Uint8Array(length + 2).fill(0x0a) },
    }),
  ),
);
/** `input` is not a Payloads here, so only what lies outside it is looked at. */
const idsOf = (bytes: Uint8Array): number[] => decodeEvents(bytes).map(({ eventId }) => eventId);

describe('a history is the concatenation of its events', () => {
  test('as the published messages read it', () => {
    const events = [1, 2, 300].map((eventId) =>
      encodeEvent({ eventId, eventType: 5, taskId: eventId }),
    );
    const read = History.decode(concatBytes(events)).events ?? [];
    expect(read.map((event) => Number(event.eventId))).toEqual([1, 2, 300]);
    expect(History.encode({ events: read }).finish()).toEqual(Buffer.from(concatBytes(events)));
  });

  test('split, skipped, counted, reversed and decoded', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 6 }), (events, count) => {
        const bytes = concatBytes([noBytes, ...events]);
        expect(splitEvents(bytes)).toEqual(events);
        expect(splitEvents(bytes).every((slice) => slice.buffer === bytes.buffer)).toBe(true);
        expect(countEvents(bytes)).toBe(events.length);
        const ids = events.map((_, index) => index + 1);
        expect(idsOf(bytes)).toEqual(ids);
        expect(idsOf(reverseEvents(bytes))).toEqual(ids.toReversed());
        const skipped = Math.min(count, events.length);
        expect(idsOf(bytes.subarray(skipEvents(bytes, skipped)))).toEqual(ids.slice(skipped));
      }),
      { numRuns: 50 },
    );
  });

  test('nothing is a history of no events', () => {
    expect([splitEvents(noBytes), decodeEvents(noBytes), countEvents(noBytes)]).toEqual([
      [],
      [],
      0,
    ]);
    expect(reverseEvents(noBytes).length).toBe(0);
  });

  test('bytes that are no events, or are cut off, are refused, never misread', () => {
    const event = encodeEvent({ eventId: 1, eventType: 5 });
    for (let end = 1; end < event.length; end++) {
      expect(() => countEvents(event.subarray(0, end))).toThrow(RangeError);
    }
    expect(() => splitEvents(Uint8Array.of(0x12, 0))).toThrow('not a sequence of events');
    expect(() => splitEvents(Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow(
      RangeError,
    );
    expect(() => splitEvents(Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 1))).toThrow(
      RangeError,
    );
    expect(() => skipEvents(event, 2)).toThrow(RangeError);
  });
});
