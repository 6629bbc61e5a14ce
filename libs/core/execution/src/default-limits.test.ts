// What clients can count on: the limits as the table of wire-contract section 5 has them, in its own units.

import { expect, test } from 'vitest';
import { defaultRunLimits } from './limits.ts';

const kib = 2 ** 10;
const mib = 2 ** 20;

test('the limits of a run are those that clients of the public API count on', () => {
  expect(defaultRunLimits).toMatchObject({
    // Of a group of payloads, a memo, an id or name.
    blobBytesWarn: 512 * kib,
    blobBytesMax: 2 * mib,
    memoBytesWarn: 2 * kib,
    memoBytesMax: 2 * mib,
    nameBytesMax: 1000,
    // Of the history and the state.
    historyBytesSuggest: 4 * mib,
    historyBytesWarn: 10 * mib,
    historyBytesMax: 50 * mib,
    historyEventsSuggest: 4096,
    historyEventsWarn: 10_240,
    historyEventsMax: 51_200,
    stateBytesMax: 8 * mib,
    signalsMax: 10_000,
    bufferedBytesMax: 2 * mib,
    lastFailureBytesMax: 4096,
    // Of what is pending at one time.
    activitiesMax: 2000,
    childrenMax: 2000,
    externalSignalsMax: 2000,
    externalCancelsMax: 2000,
    nexusOperationsMax: 2000,
    // Of search attributes and links.
    searchAttributesMax: 100,
    searchAttributeBytesMax: 2 * kib,
    searchAttributesBytesMax: 40 * kib,
    linksMax: 10,
    linkBytesMax: 4000,
    // Two starts of one workflow id, by a client or by its own chain.
    continueAsNewIntervalUs: 1_000_000,
    restartIntervalUs: 1_000_000,
  });
});

test('more events may wait than upstream lets, as many as a run may get signals', () => {
  expect(defaultRunLimits.bufferedEventsMax).toBe(defaultRunLimits.signalsMax);
});
