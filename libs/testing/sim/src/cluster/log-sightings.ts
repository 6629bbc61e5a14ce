// What of interest the log of a world shows at its end.

import type { Sightings } from '../sightings.ts';
import type { JudgedRecord } from './log-audit.ts';
import type { NodeStateName } from './node-states.ts';
import type { ProcessLives } from './process-lives.ts';

interface Owner {
  readonly process: string;
  readonly epoch: number;
  readonly sinceUs: number;
}

export function sightLog(
  log: readonly JudgedRecord[],
  lives: ProcessLives,
  sightings: Sightings<NodeStateName>,
): void {
  const announcedBy = new Map<number, string>();
  let owner: Owner | null = null;
  let lastFrame: JudgedRecord | null = null;
  for (const entry of log) {
    const { record } = entry;
    if (entry.kind === 'frame') {
      if (entry.counts && entry.frame.transitions.length === 0) sightings.seen('barrier');
      if (!entry.counts && entry.frame.epoch < (owner?.epoch ?? 0)) {
        sightings.seen('late record after a new epoch');
      } else if (!entry.counts) sightings.seen('frame landed twice');
      if (entry.counts) lastFrame = entry;
      continue;
    }
    const { epoch, nonce } = entry.announce;
    if (record.acknowledgedUs === null && lives.livedAfter(record.process, record.appendedUs + 3e6))
      sightings.seen('lost acknowledgement of an Announce');
    if (!entry.counts) sightings.seen('late Announce');
    const other = announcedBy.get(epoch);
    if (other !== undefined && other !== nonce) sightings.seen('two claimants with one number');
    announcedBy.set(epoch, nonce);
    if (!entry.counts) continue;
    const atUs = record.appendedUs;
    if (owner?.process === record.process) {
      sightings.seen('take-over from oneself');
      const found =
        lastFrame?.kind === 'frame' &&
        lastFrame.frame.epoch === owner.epoch &&
        lastFrame.record.acknowledgedUs === null;
      sightings.seen(found ? 'frame found after all' : 'frame sent again');
    } else if (owner !== null) {
      const { process } = owner;
      const inFlight = log.some(
        ({ kind, record: one }) =>
          kind === 'frame' &&
          one.process === process &&
          one.appendedUs > atUs - 1.5e6 &&
          (one.appendedUs > atUs || (one.acknowledgedUs ?? Number.POSITIVE_INFINITY) > atUs),
      );
      if (inFlight) {
        sightings.seen('take-over with a frame in flight');
        if (lives.wokeAfter(process, atUs)) sightings.seen('zombie woken with frames in flight');
      }
      if (!lives.servedBetween(record.partition, process, owner.sinceUs, atUs))
        sightings.seen('take-over during replay');
    }
    owner = { process: record.process, epoch, sinceUs: atUs };
  }
}
