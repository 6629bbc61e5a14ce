// The records of a LogPartition as bytes (proto/perdure/log.proto).
//
// R1. The format comes first and is judged before anything else: a newer one is refused, never guessed at.
// R2. A transition is encoded once, when it enters a frame; sealing puts the head before the bytes that are there.
// R3. A record has an epoch of at least 1: epoch 0 is the log before its first Announce.

import { assert, noBytes, type RunKey } from '@perdure/kernel';
import { ownCodec } from '@perdure/wire';
import { ByteWriter } from './byte-writer.ts';
import { UnreadableRecord } from './log-fault.ts';

/** The newest format that is read, and the one that is written. */
export const recordFormat = 1;

/** The claim of an owner. `owner` and `generation` decide nothing. */
export interface Announce {
  readonly epoch: number;
  readonly owner: string;
  readonly nonce: string;
  readonly generation: number;
}

/** One step of one run on its way to the log. `body` is opaque to the log and may not be written to any more. */
export interface PendingTransition {
  readonly run: RunKey;
  /** The run's version after the step (L2). */
  readonly version: number;
  readonly body: Uint8Array;
}

export interface FrameHead {
  readonly epoch: number;
  readonly nonce: string;
  readonly number: number;
  /** Clock of the first transition, µs since 1970. */
  readonly clock: number;
}

export interface Frame extends FrameHead {
  readonly transitions: readonly PendingTransition[];
}

export type LogEntry =
  | { readonly kind: 'announce'; readonly announce: Announce }
  | { readonly kind: 'frame'; readonly frame: Frame };

interface StoredTransition extends RunKey {
  readonly version: number;
  readonly body: Uint8Array;
}

interface StoredRecord {
  readonly announce: Announce | null;
  readonly frame: (FrameHead & { readonly transitions: readonly StoredTransition[] }) | null;
}

interface RecordInit {
  readonly format: number;
  readonly announce: Announce;
}

const recordCodec = ownCodec<StoredRecord, RecordInit>('log', 'perdure.log.v1.Record');

// Tags: field number << 3 | wire type (0 varint, 2 length-delimited).
const recordTag = { format: 0x08, frame: 0x1a } as const;
const frameTag = {
  epoch: 0x08,
  nonce: 0x12,
  number: 0x18,
  clock: 0x20,
  transitions: 0x2a,
} as const;
const transitionTag = {
  namespaceId: 0x0a,
  workflowId: 0x12,
  runId: 0x1a,
  version: 0x20,
  body: 0x2a,
} as const;

/** What a transition takes besides its strings and its body, mostly. */
const transitionOverheadBytes = 12;

export function encodeAnnounce(announce: Announce): Uint8Array {
  return recordCodec.encode({ format: recordFormat, announce });
}

/** Writes the transition as an element of `Frame.transitions`. */
export function writeTransition(out: ByteWriter, transition: PendingTransition): void {
  const { run, version, body } = transition;
  assert(version > 0, 'the versions of a run begin at 1 (L2)');
  const text = run.namespaceId.length + run.workflowId.length + run.runId.length;
  const expected = text + body.length + transitionOverheadBytes;
  const start = out.open(frameTag.transitions, expected);
  out.string(transitionTag.namespaceId, run.namespaceId);
  out.string(transitionTag.workflowId, run.workflowId);
  out.string(transitionTag.runId, run.runId);
  out.number(transitionTag.version, version);
  out.message(transitionTag.body, body);
  out.close(start, expected);
}

/** A record of its own bytes; `transitions` is what writeTransition wrote, one after the other. */
export function encodeFrame(head: FrameHead, transitions: Uint8Array): Uint8Array {
  const start = new ByteWriter(64);
  start.number(recordTag.format, recordFormat);
  const expected = transitions.length + 48;
  const frame = start.open(recordTag.frame, expected);
  start.number(frameTag.epoch, head.epoch);
  start.string(frameTag.nonce, head.nonce);
  start.number(frameTag.number, head.number);
  start.number(frameTag.clock, head.clock);
  start.close(frame, expected, transitions.length);
  const record = new Uint8Array(start.length + transitions.length);
  record.set(start.written());
  record.set(transitions, start.length);
  return record;
}

/** Reads a record; the bodies are slices of it. Throws UnreadableRecord. */
export function decodeRecord(bytes: Uint8Array): LogEntry {
  checkFormat(bytes);
  const { announce, frame } = decodeChecked(bytes);
  const head = announce ?? frame;
  if (head === null) throw new UnreadableRecord('log record has neither an Announce nor a Frame');
  if (head.epoch < 1) throw new UnreadableRecord('log record has no epoch');
  if (announce !== null) {
    const { epoch, owner, nonce, generation } = announce;
    return { kind: 'announce', announce: { epoch, owner, nonce, generation } };
  }
  const { epoch, nonce, number, clock, transitions } = frame as NonNullable<typeof frame>;
  return {
    kind: 'frame',
    frame: { epoch, nonce, number, clock, transitions: transitions.map(fromStored) },
  };
}

function fromStored(stored: StoredTransition): PendingTransition {
  const { namespaceId, workflowId, runId, version, body } = stored;
  return {
    run: { namespaceId, workflowId, runId },
    version,
    body: body.length === 0 ? noBytes : body,
  };
}

function decodeChecked(bytes: Uint8Array): StoredRecord {
  try {
    return recordCodec.decode(bytes);
  } catch (cause) {
    throw new UnreadableRecord('log record is damaged', { cause });
  }
}

function checkFormat(bytes: Uint8Array): void {
  const format = bytes[0] === recordTag.format ? (bytes[1] ?? 0) : 0;
  if (format === 0) throw new UnreadableRecord('log record does not begin with its format');
  if (format > recordFormat) {
    throw new UnreadableRecord(
      `log record has format ${format}, written by a newer version; this version reads up to ${recordFormat}`,
    );
  }
}
