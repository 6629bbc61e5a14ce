// The pump of a LogPartition: groups of transitions in, durable frames out.
//
// U1. One append in flight, one frame in it (W2). When none is, the open frame goes at the end of the turn, so that what
//     is decided in one turn shares a frame (W6); there is no linger.
// U2. A group is released when its frame is durable where it was expected (W3, L5): in order, in one go, each once.
// U3. The first fault ends it (L11): everything under way fails with it, everything later is refused with it, `onHalt`
//     hears of it once, and nothing is released any more.
// U4. In a cluster an append that fails tells nothing: the pump takes the partition over from itself (L6), and what it finds
//     not to be durable goes again. It ends when others have announced a higher epoch: `onFenced` hears of it once. Whoever
//     waits is told whether what he asked for may count: only what was sent and is not known to be void may.
// U5. In a cluster what needs no append waits for an append that began after it came: any frame, or an empty one (W4b).

import {
  type Landed,
  LogRuleBroken,
  type LogWriter,
  type SealedFrame,
  UnreadableRecord,
} from '@perdure/core-log';
import { type Clock, type LogPartition, LogTrimmed, NotOwner } from '@perdure/ports';
import type { Group } from './group.ts';
import { type HeadWaiter, HeadWaiters } from './head-waiters.ts';
import { foreignWriter } from './log-faults.ts';
import { defaultTailBounds, type TailBounds, tailShare } from './pressure.ts';
import { claimAgain } from './self-take-over.ts';
import type { SharedPartition } from './shared-partition.ts';

export interface LogPumpOptions {
  readonly partition: LogPartition;
  readonly writer: LogWriter<Group>;
  readonly clock: Clock;
  readonly tailBounds?: TailBounds;
  /** Absent: the directory is locked, and nobody else can write. */
  readonly shared?: SharedPartition;
  /** The log cannot be used any more: the process is to end (L11). */
  readonly onHalt: (fault: Error) => void;
  /** A callback of a group or waiter threw: a bug of its owner, and no business of the others. */
  readonly onCallbackThrew: (error: unknown) => void;
}

export interface PumpCounts {
  frames: number;
  transitions: number;
  /** Of whole records. */
  bytes: number;
  /** Most transitions in one frame. */
  batchMax: number;
}

export class LogPump {
  readonly counts: PumpCounts = { frames: 0, transitions: 0, bytes: 0, batchMax: 0 };
  readonly #options: LogPumpOptions;
  readonly #writer: LogWriter<Group>;
  readonly #tailBounds: TailBounds;
  readonly #waiters: HeadWaiters;
  #turnEndAsked = false;
  #fault: Error | null = null;
  /** Since when the outcome of an append is unknown; null: it is not. */
  #unknownSinceUs: number | null = null;
  /** Appends in a row without an outcome that were not there either. */
  #gone = 0;
  #provenUs: number;

  constructor(options: LogPumpOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#tailBounds = options.tailBounds ?? defaultTailBounds;
    this.#waiters = new HeadWaiters(options.onCallbackThrew);
    this.#provenUs = options.clock.nowUs();
  }

  /** Why the pump has stopped, or null. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** Throws GroupTooLarge, having changed nothing. After a fault the group fails at once. */
  append(group: Group): void {
    if (this.#fault !== null) {
      this.#waiters.fail(group, this.#fault);
      return;
    }
    this.#writer.append(group);
    this.#flushAtTurnEnd();
  }

  get epoch(): number {
    return this.#writer.epoch;
  }

  /** Where the next frame is expected; who finds more in the log than that and what is in flight is not alone. */
  get nextOffset(): number {
    return this.#writer.nextOffset;
  }

  /** When an append of this owner was last acknowledged, process time. */
  get provenUs(): number {
    return this.#provenUs;
  }

  /** How long the log has been silent about an append (M10), µs; 0: it is not. */
  get silentUs(): number {
    return this.#unknownSinceUs === null ? 0 : this.#options.clock.nowUs() - this.#unknownSinceUs;
  }

  /** Calls `durable` when all that was appended so far is, and this owner has proved that it still owns (W4). */
  afterHead(waiter: HeadWaiter): void {
    const proof = this.#options.shared === undefined ? 0 : this.#writer.sealedOrdinal + 1;
    this.#await(waiter, Math.max(this.#writer.headOrdinal, proof));
    if (proof > 0) this.#flushAtTurnEnd();
  }

  /** Calls `durable` when all that was appended so far is (W3). */
  whenDurable(waiter: HeadWaiter): void {
    this.#await(waiter, this.#writer.headOrdinal);
  }

  #await(waiter: HeadWaiter, ordinal: number): void {
    if (this.#fault !== null) this.#waiters.fail(waiter, this.#fault);
    else if (ordinal <= this.#writer.durableOrdinal) this.#waiters.release(waiter);
    else this.#waiters.park(waiter, ordinal);
  }

  /** Everything up to this clock is durable, and nothing above it (L3). */
  get durableClock(): number {
    return this.#writer.durableClock;
  }

  /** How full the tail is (W9), given how much is durable but not in the store; 1 = full. */
  tailShare(unappliedBytes: number, unappliedTransitions: number): number {
    const bytes = unappliedBytes + this.#writer.unacknowledgedBytes;
    const transitions = unappliedTransitions + this.#writer.unacknowledgedTransitions;
    return tailShare(bytes, transitions, this.#tailBounds);
  }

  #flushAtTurnEnd(): void {
    if (this.#turnEndAsked || this.#writer.inFlight !== null) return;
    this.#turnEndAsked = true;
    this.#options.clock.endOfTurn(this.#turnEnded);
  }

  readonly #turnEnded = (): void => {
    this.#turnEndAsked = false;
    this.#flush();
  };

  /** Never while a frame is in flight: the end of a turn is not asked for then. After a fault nothing waits. */
  #flush(): void {
    if (this.#fault !== null || this.#writer.inFlight !== null) return;
    const nowUs = this.#options.clock.nowUs();
    const barrier = this.#waiters.lastOrdinal > this.#writer.headOrdinal;
    const frame = barrier ? this.#writer.sealBarrier(nowUs) : this.#writer.seal(nowUs);
    if (frame !== null) void this.#send(frame);
  }

  async #send(frame: SealedFrame<Group>): Promise<void> {
    const { shared } = this.#options;
    try {
      try {
        await this.#appendFrame(frame);
      } catch (fault) {
        if (shared === undefined || !isUnknown(fault) || this.#writer.inFlight !== frame)
          throw fault;
        await this.#settle(shared, fault);
      }
    } catch (fault) {
      if (shared !== undefined && fault instanceof LogTrimmed) this.#overtaken(shared);
      else this.#halt(fault);
    }
  }

  async #appendFrame(frame: SealedFrame<Group>): Promise<void> {
    const { partition, shared } = this.#options;
    const baseOffset = await partition.append([frame.record]);
    if (this.#fault !== null) return;
    let landing = this.#writer.acknowledged(baseOffset);
    if (landing.kind === 'unsettled') {
      if (shared === undefined) throw foreignWriter(baseOffset);
      this.#unknownSinceUs = this.#options.clock.nowUs();
      const between = await shared.readSurely(landing.fromOffset, landing.toOffset, this.#ended);
      if (between === null || this.#fault !== null) return;
      this.#unknownSinceUs = null;
      landing = this.#writer.acknowledged(baseOffset, between);
    }
    if (landing.kind === 'broken') throw landing.fault;
    if (landing.kind === 'fenced') this.#fenced(landing);
    else if (landing.kind === 'durable') this.#durable(landing);
  }

  readonly #ended = (): boolean => this.#fault !== null;

  /** L6. The frame stays in flight meanwhile, so that nothing else is sent (W2). */
  async #settle(shared: SharedPartition, fault: unknown): Promise<void> {
    this.#unknownSinceUs = this.#options.clock.nowUs();
    shared.onUnknown(fault);
    const reclaim = await claimAgain(shared, this.#writer, {
      before: this.#gone,
      ended: this.#ended,
    });
    if (reclaim === null) return;
    this.#unknownSinceUs = null;
    if (reclaim.kind === 'broken') throw reclaim.fault;
    shared.onSettled(reclaim);
    if (reclaim.kind === 'fenced') {
      this.#fenced(reclaim);
      return;
    }
    this.#provenUs = this.#options.clock.nowUs();
    this.#gone = reclaim.landed === null ? this.#gone + 1 : 0;
    if (reclaim.landed !== null) this.#releaseFrame(reclaim.landed);
    this.#flush();
  }

  #durable(landed: Landed<Group>): void {
    this.#provenUs = this.#options.clock.nowUs();
    this.#gone = 0;
    // A full frame gains nothing by waiting for what the groups of this one are about to append.
    if (this.#writer.waitingFrames > 1) this.#flush();
    this.#releaseFrame(landed);
    if (this.#writer.waitingFrames > 0 || this.#waiters.count > 0) this.#flushAtTurnEnd();
  }

  #releaseFrame({ frame, position }: Landed<Group>): void {
    this.#count(frame);
    let clock = frame.clock;
    for (const group of frame.groups) {
      try {
        group.durable(position, clock);
      } catch (error) {
        this.#options.onCallbackThrew(error);
      }
      clock += group.transitions.length;
    }
    this.#waiters.releaseTo(frame.ordinal);
  }

  #halt(cause: unknown): void {
    if (this.#fault !== null) return;
    const fault =
      cause instanceof Error ? cause : new Error('the log refused an append', { cause });
    this.#end(fault);
    this.#options.onHalt(fault);
  }

  /** What did not land never will count: whoever is told so may ask the next owner (Q3 of core/log's reclaim). */
  #fenced({ epoch, landed }: { epoch: number; landed: Landed<Group> | null }): void {
    const { shared } = this.#options;
    if (landed !== null) this.#releaseFrame(landed);
    if (this.#fault !== null || shared === undefined) return;
    this.#end(new NotOwner(shared.logPartition, null));
    shared.onFenced(epoch);
  }

  /** Others have gone on so far that what became of the frame in flight cannot be read any more (Z2 of the shared partition). */
  #overtaken(shared: SharedPartition): void {
    if (this.#fault !== null) return;
    this.resign();
    shared.onFenced(this.epoch + 1);
  }

  /** The owner gives the partition up. What is in flight may still land. */
  resign(): void {
    const { shared } = this.#options;
    if (this.#fault !== null || shared === undefined) return;
    const { logPartition } = shared;
    this.#end(new NotOwner(logPartition, null), new NotOwner(logPartition, null, true));
  }

  /** `inFlight`: what those hear whose frame was sent. */
  #end(fault: Error, inFlight = fault): void {
    this.#fault = fault;
    const sent = new Set(this.#writer.inFlight?.groups);
    for (const group of this.#writer.abandon()) {
      this.#waiters.fail(group, sent.has(group) ? inFlight : fault);
    }
    this.#waiters.failAll(fault);
  }

  #count(frame: SealedFrame<Group>): void {
    this.counts.frames += 1;
    this.counts.transitions += frame.transitions;
    this.counts.bytes += frame.record.length;
    this.counts.batchMax = Math.max(this.counts.batchMax, frame.transitions);
  }
}

/** L6: all that a log may say of an append, but what it shows to contradict the rules. */
function isUnknown(fault: unknown): boolean {
  const broken = fault instanceof LogRuleBroken || fault instanceof UnreadableRecord;
  return !broken && !(fault instanceof LogTrimmed);
}
