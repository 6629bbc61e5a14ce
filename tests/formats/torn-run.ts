// Puts into the log of a server that was killed what no healthy owner writes: a transition with a gap before it, which
// quarantines its run (rules L2, L12), and a frame of an epoch that is over, which every reader passes over (L1).

import {
  decodeRecord,
  emptyLog,
  encodeAnnounce,
  frameBoundsFor,
  judgeRecord,
  LogWriter,
  lastClockOf,
  type PendingTransition,
  type ReaderState,
} from '@perdure/core-log';
import type { RunKey } from '@perdure/kernel';
import { openThreadedLog } from '@perdure/log-local';
import type { LogPartition } from '@perdure/ports';

const versionsMissing = 3;

/** The run's newest version in the log; what the log forgot is not counted. */
interface LogEnd {
  readonly state: ReaderState;
  readonly endOffset: number;
  readonly versions: ReadonlyMap<string, { readonly run: RunKey; readonly version: number }>;
}

async function readToEnd(log: LogPartition): Promise<LogEnd> {
  const endOffset = await log.endOffset();
  const versions = new Map<string, { run: RunKey; version: number }>();
  let state = emptyLog;
  for (let offset = await log.lowMark(); offset < endOffset; ) {
    for (const { bytes } of await log.read(offset, 1 << 20)) {
      const entry = decodeRecord(bytes);
      offset += 1;
      if (entry.kind === 'announce') {
        state = { ...entry.announce, nextNumber: 1, clock: state.clock };
        continue;
      }
      const { epoch, nonce, number, clock, transitions } = entry.frame;
      const last = lastClockOf(clock, transitions.length);
      state = { epoch, nonce, nextNumber: number + 1, clock: last };
      for (const { run, version } of transitions) versions.set(run.runId, { run, version });
    }
  }
  return { state, endOffset, versions };
}

/** A frame of the next epoch with the transition; the epoch is announced only if `announced`. */
function frameOf(
  { state, endOffset }: LogEnd,
  transition: PendingTransition,
): { readonly announce: Uint8Array; readonly frame: Uint8Array } {
  const announce = {
    epoch: state.epoch + 1,
    owner: 'the maker of a corpus',
    nonce: 'torn',
    generation: 0,
  };
  const reading = judgeRecord(state, { kind: 'announce', announce });
  if (reading.kind !== 'announced') throw new Error('the epoch was announced before');
  const writer = new LogWriter(reading.state, endOffset, frameBoundsFor(1 << 20));
  writer.append({ transitions: [transition] });
  const sealed = writer.seal(state.clock + 1);
  if (sealed === null) throw new Error('nothing was appended');
  return { announce: encodeAnnounce(announce), frame: sealed.record };
}

/** Tears the run in the log of that folder. No server has it. */
export async function tearRun(logFolder: string, runId: string): Promise<void> {
  const log = await openThreadedLog(logFolder);
  try {
    const end = await readToEnd(log);
    const known = end.versions.get(runId);
    if (known === undefined) throw new Error(`the log holds nothing of run ${runId}`);
    const transition = {
      run: known.run,
      version: known.version + versionsMissing,
      body: new Uint8Array([8, 1]),
    };
    const stale = frameOf({ ...end, state: { ...end.state, epoch: 0 } }, transition).frame;
    const { announce, frame } = frameOf(end, transition);
    await log.append([announce, stale, frame]);
  } finally {
    await log.close();
  }
}
