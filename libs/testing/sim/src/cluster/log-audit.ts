// The log of a world read at its end by somebody who knows all of it, by the definition of the rules and not by the engine's
// code: what counted, what was void and why, and what must never be there.
//
// A1. What counts is what L1 says. Every void frame is stale or a repetition: a writer never leaves a gap, and never writes
//     under an epoch that it has not announced (L4-L6).
// A2. Under one (epoch, nonce, number) there is one content (L6).
// A3. The clocks of what counts go up, by transitions (L3).
// A4. The versions of a run go up by one over what counts (L2). What changes a workflow id alone has no run and is always 1.
// A5. Whose clock is too far behind that of the brokers writes on for no longer than it takes to notice (L10). Behind is, for
//     sure, who seals a frame after he was told of the one before, and with a time before that.

import { ownCodec } from '@perdure/wire';
import type { KafkaRecord } from './kafka-records.ts';

interface LoggedTransition {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly version: number;
}

export interface LoggedFrame {
  readonly epoch: number;
  readonly nonce: string;
  readonly number: number;
  readonly clock: number;
  readonly transitions: readonly LoggedTransition[];
}

export interface LoggedAnnounce {
  readonly epoch: number;
  readonly owner: string;
  readonly nonce: string;
}

const codec = ownCodec<
  { readonly announce: LoggedAnnounce | null; readonly frame: LoggedFrame | null },
  never
>('log', 'perdure.log.v1.Record');

/** A record as the rules judge it. */
export type Judged =
  | { readonly kind: 'announce'; readonly counts: boolean; readonly announce: LoggedAnnounce }
  | { readonly kind: 'frame'; readonly counts: boolean; readonly frame: LoggedFrame };

export type JudgedRecord = Judged & { readonly record: KafkaRecord };

/** A5. */
const noticedUs = 5e6;

/** Of one process: what it was told last, and since when its clock is known to be behind. */
interface Told {
  lastUs: number;
  behindSinceUs: number;
}

/**
 * Every record of a partition, in log order; `faults` hears of what must not be there. `behindUsMax`: by so much a clock may
 * be behind.
 */
export function judgeLog(
  records: readonly KafkaRecord[],
  behindUsMax: number,
  faults: (fault: string) => void,
): JudgedRecord[] {
  const told = new Map<string, Told>();
  const judged: JudgedRecord[] = [];
  const contents = new Map<string, Uint8Array>();
  const versions = new Map<string, number>();
  let inForce = { epoch: 0, nonce: '' };
  let last = { number: 0, clock: 0 };
  for (const record of records) {
    const { announce, frame } = codec.decode(record.bytes);
    const place = `offset ${record.offset} of LogPartition ${record.partition}`;
    const { process, acknowledgedUs } = record;
    const before: Told = told.get(process) ?? {
      lastUs: 0,
      behindSinceUs: Number.POSITIVE_INFINITY,
    };
    told.set(process, { ...before, lastUs: Math.max(before.lastUs, acknowledgedUs ?? 0) });
    if (announce !== null) {
      const counts = announce.epoch > inForce.epoch;
      if (counts) {
        inForce = announce;
        last = { number: 0, clock: last.clock };
      }
      judged.push({ kind: 'announce', counts, announce, record });
      continue;
    }
    if (frame === null) {
      faults(`A1: ${place} holds neither Announce nor frame`);
      continue;
    }
    const { epoch, nonce, number } = frame;
    const known = contents.get(`${epoch} ${nonce} ${number}`);
    if (known !== undefined && Buffer.compare(known, record.bytes) !== 0)
      faults(`A2: frame ${number} of epoch ${epoch} at ${place} has another content than before`);
    contents.set(`${epoch} ${nonce} ${number}`, record.bytes);
    const inEpoch = epoch === inForce.epoch && nonce === inForce.nonce;
    const counts = inEpoch && number === last.number + 1;
    judged.push({ kind: 'frame', counts, frame, record });
    if (!counts) {
      const stale = epoch < inForce.epoch;
      const repeated = inEpoch && number <= last.number;
      if (!stale && !repeated)
        faults(`A1: frame ${number} of epoch ${epoch} at ${place} follows frame ${last.number}`);
      continue;
    }
    if (frame.clock <= last.clock) faults(`A3: the clock of ${place} is not above the last one`);
    // Else it went on from the clock of somebody who was ahead of it.
    if (frame.clock > last.clock + 1 && acknowledgedUs !== null) {
      const behindUs = before.lastUs - frame.clock;
      const behindSinceUs =
        behindUs > behindUsMax
          ? Math.min(before.behindSinceUs, acknowledgedUs)
          : Number.POSITIVE_INFINITY;
      if (acknowledgedUs - behindSinceUs > noticedUs)
        faults(`A5: ${process} is behind by ${behindUs} µs at ${place}, and was for long`);
      told.set(process, { lastUs: Math.max(before.lastUs, acknowledgedUs), behindSinceUs });
    }
    last = { number, clock: frame.clock + Math.max(frame.transitions.length, 1) - 1 };
    for (const { namespaceId, workflowId, runId, version } of frame.transitions) {
      const run = `${namespaceId}\0${workflowId}\0${runId}`;
      const held = versions.get(run) ?? 0;
      if (version !== held + 1)
        faults(`A4: version ${version} of ${workflowId} ${runId} at ${place} follows ${held}`);
      if (runId !== '') versions.set(run, version);
    }
  }
  return judged;
}
