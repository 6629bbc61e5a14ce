// The pump of a LogPartition: groups of transitions in, durable frames out.
//
// U1. One append in flight, one frame in it (W2). When none is, the open frame goes at the end of the turn, so that what
//     is decided in one turn shares a frame (W6); there is no linger.
// U2. A group is released when its frame is durable where it was expected (W3, L5): in order, in one go, each once.
// U3. The first fault ends it (L11): everything under way fails with it, everything later is refused with it, `onHalt`
//     hears of it once, and nothing is released any more.
// U4. In a cluster an append that fails tells nothing: the pump takes the partition over from itself (L6), and what it finds
//     not to be durable goes again. It ends when others have announced a higher epoch: `onFenced` hears of it once.
// U5. In a cluster what needs no append waits for an append that began after it came: any frame, or an empty one (W4b).

import {
  type FramePosition,
  LogRuleBroken,
  type LogWriter,
  type SealedFrame,
  UnreadableRecord,
} from '@perdure/core-log';
import { type Clock, type LogPartition, NotOwner, StorageFault } from '@perdure/ports';
import type { Group, HeadWaiter } from './group.ts';
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

interface ParkedWaiter {
  readonly waiter: HeadWaiter;
  readonly ordinal: number;
}

export class LogPump {
  readonly counts: PumpCounts = { frames: 0, transitions: 0, bytes: 0, batchMax: 0 };
  readonly #options: LogPumpOptions;
  readonly #writer: LogWriter<Group>;
  readonly #tailBounds: TailBounds;
  /** In order of ordinal. */
  #waiters: ParkedWaiter[] = [];
  #turnEndAsked = false;
  #fault: Error | null = null;
  /** Since when the outcome of an append is unknown; null: it is not. */
  #unknownSinceUs: number | null = null;
  #provenUs: number;

  constructor(options: LogPumpOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#tailBounds = options.tailBounds ?? defaultTailBounds;
    this.#provenUs = options.clock.nowUs();
  }

  /** Why the pump has stopped, or null. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** Throws GroupTooLarge, having changed nothing. After a fault the group fails at once. */
  append(group: Group): void {
    if (this.#fault !== null) {
      this.#fail(group, this.#fault);
      return;
    }
    this.#writer.append(group);
    this.#flushAtTurnEnd();
  }

  get epoch(): number {
    return this.#writer.epoch;
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
    if (this.#fault !== null) this.#fail(waiter, this.#fault);
    else if (ordinal <= this.#writer.durableOrdinal) this.#release(waiter);
    else {
      const later = this.#waiters.findLastIndex((parked) => parked.ordinal <= ordinal);
      this.#waiters.splice(later + 1, 0, { waiter, ordinal });
    }
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
    const parked = this.#waiters.at(-1);
    const barrier = parked !== undefined && parked.ordinal > this.#writer.headOrdinal;
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
      this.#halt(fault);
    }
  }

  async #appendFrame(frame: SealedFrame<Group>): Promise<void> {
    const { partition, shared } = this.#options;
    const baseOffset = await partition.append([frame.record]);
    if (this.#fault !== null) return;
    let landing = this.#writer.acknowledged(baseOffset);
    if (landing.kind === 'unsettled') {
      if (shared === undefined) throw foreignWriter(baseOffset);
      const between = await shared.readAll(landing.fromOffset, landing.toOffset);
      if (this.#fault !== null) return;
      landing = this.#writer.acknowledged(baseOffset, between);
    }
    if (landing.kind === 'broken') throw landing.fault;
    if (landing.kind === 'fenced') this.#fenced(landing.epoch);
    else if (landing.kind === 'durable') this.#durable(landing);
  }

  /** L6. The frame stays in flight meanwhile, so that nothing else is sent (W2). */
  async #settle(shared: SharedPartition, fault: unknown): Promise<void> {
    this.#unknownSinceUs = this.#options.clock.nowUs();
    shared.onUnknown(fault);
    const reclaim = await claimAgain(shared, this.#writer, () => this.#fault !== null);
    if (reclaim === null) return;
    this.#unknownSinceUs = null;
    if (reclaim.kind === 'broken') throw reclaim.fault;
    shared.onSettled(reclaim);
    if (reclaim.landed !== null) this.#releaseFrame(reclaim.landed.frame, reclaim.landed.position);
    if (reclaim.kind === 'fenced') {
      this.#fenced(reclaim.epoch);
      return;
    }
    this.#provenUs = this.#options.clock.nowUs();
    this.#flush();
  }

  #durable({ frame, position }: { frame: SealedFrame<Group>; position: FramePosition }): void {
    this.#provenUs = this.#options.clock.nowUs();
    this.#count(frame);
    // A full frame gains nothing by waiting for what the groups of this one are about to append.
    if (this.#writer.waitingFrames > 1) this.#flush();
    this.#releaseFrame(frame, position);
    if (this.#writer.waitingFrames > 0 || this.#waiters.length > 0) this.#flushAtTurnEnd();
  }

  #releaseFrame(frame: SealedFrame<Group>, position: FramePosition): void {
    let clock = frame.clock;
    for (const group of frame.groups) {
      try {
        group.durable(position, clock);
      } catch (error) {
        this.#options.onCallbackThrew(error);
      }
      clock += group.transitions.length;
    }
    const later = this.#waiters.findIndex(({ ordinal }) => ordinal > frame.ordinal);
    const due = this.#waiters.splice(0, later === -1 ? this.#waiters.length : later);
    for (const { waiter } of due) this.#release(waiter);
  }

  #release(waiter: HeadWaiter): void {
    try {
      waiter.durable();
    } catch (error) {
      this.#options.onCallbackThrew(error);
    }
  }

  #fail(target: Group | HeadWaiter, fault: Error): void {
    try {
      target.failed(fault);
    } catch (error) {
      this.#options.onCallbackThrew(error);
    }
  }

  #halt(cause: unknown): void {
    if (this.#fault !== null) return;
    const fault =
      cause instanceof Error ? cause : new Error('the log refused an append', { cause });
    this.#end(fault);
    this.#options.onHalt(fault);
  }

  /** What did not land never will count: whoever is told so may ask the next owner (Q3 of core/log's reclaim). */
  #fenced(epoch: number): void {
    const { shared } = this.#options;
    if (this.#fault !== null || shared === undefined) return;
    this.#end(new NotOwner(shared.logPartition, null));
    shared.onFenced(epoch);
  }

  /** The owner gives the partition up. What is in flight may still land. */
  resign(): void {
    const { shared } = this.#options;
    if (this.#fault !== null || shared === undefined) return;
    this.#end(new NotOwner(shared.logPartition, null, true));
  }

  #end(fault: Error): void {
    this.#fault = fault;
    for (const group of this.#writer.abandon()) this.#fail(group, fault);
    for (const { waiter } of this.#waiters.splice(0)) this.#fail(waiter, fault);
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
  return !(fault instanceof LogRuleBroken || fault instanceof UnreadableRecord);
}

/** Embedded, the directory is locked: whoever put records before a frame of ours should not be there. */
export function foreignWriter(offset: number): StorageFault {
  const message = `another process wrote to the log below offset ${offset}`;
  return new StorageFault(
    'locked',
    `${message}: a directory is for one server, stop the other one`,
  );
}
