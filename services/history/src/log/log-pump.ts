// The pump of an embedded LogPartition: groups of transitions in, durable frames out.
//
// U1. One append in flight, one frame in it (W2). When none is, the open frame goes at the end of the turn, so that what
//     is decided in one turn shares a frame (W6); there is no linger.
// U2. A group is released when its frame is durable where it was expected (W3, L5): in order, in one go, each once.
// U3. The first fault ends it (L6, L11): everything under way fails with it, everything later is refused with it,
//     `onHalt` hears of it once, and nothing is released any more.

import type { FramePosition, LogWriter, SealedFrame, TransitionGroup } from '@perdure/core-log';
import { type Clock, type LogPartition, StorageFault } from '@perdure/ports';
import { defaultTailBounds, type TailBounds, tailShare } from './pressure.ts';

/** What is durable together. Exactly one of the two methods is called, once. */
export interface Group extends TransitionGroup {
  /** `firstClock` is the clock of the group's first transition; the others follow by 1 µs. */
  durable(frame: FramePosition, firstClock: number): void;
  /** The outcome is unknown: the group may be found in the log by a later process. */
  failed(fault: Error): void;
}

/** Something that may be said once everything appended before is durable (W4). */
export interface HeadWaiter {
  durable(): void;
  failed(fault: Error): void;
}

export interface LogPumpOptions {
  readonly partition: LogPartition;
  readonly writer: LogWriter<Group>;
  readonly clock: Clock;
  readonly tailBounds?: TailBounds;
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
  readonly frameNumber: number;
}

export class LogPump {
  readonly counts: PumpCounts = { frames: 0, transitions: 0, bytes: 0, batchMax: 0 };
  readonly #options: LogPumpOptions;
  readonly #writer: LogWriter<Group>;
  readonly #tailBounds: TailBounds;
  /** In order of frameNumber. */
  #waiters: ParkedWaiter[] = [];
  #turnEndAsked = false;
  #fault: Error | null = null;

  constructor(options: LogPumpOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#tailBounds = options.tailBounds ?? defaultTailBounds;
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

  /** Calls `durable` when all that was appended so far is: at once when nothing is under way. Embedded, W4 (b) is free. */
  afterHead(waiter: HeadWaiter): void {
    const frameNumber = this.#writer.headNumber;
    if (this.#fault !== null) this.#fail(waiter, this.#fault);
    else if (frameNumber > this.#writer.durableNumber) this.#waiters.push({ waiter, frameNumber });
    else this.#release(waiter);
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
    const frame = this.#writer.seal(this.#options.clock.nowUs());
    if (frame !== null) void this.#send(frame);
  }

  async #send(frame: SealedFrame<Group>): Promise<void> {
    try {
      const baseOffset = await this.#options.partition.append([frame.record]);
      this.#acknowledged(baseOffset);
    } catch (fault) {
      this.#halt(fault);
    }
  }

  #acknowledged(baseOffset: number): void {
    if (this.#fault !== null) return;
    const landing = this.#writer.acknowledged(baseOffset);
    if (landing.kind === 'broken') throw landing.fault;
    if (landing.kind !== 'durable') throw foreignWriter(baseOffset);
    const { frame, position } = landing;
    this.#count(frame);
    // A full frame gains nothing by waiting for what the groups of this one are about to append.
    if (this.#writer.waitingFrames > 1) this.#flush();
    this.#releaseFrame(frame, position);
    if (this.#writer.waitingFrames > 0) this.#flushAtTurnEnd();
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
    const later = this.#waiters.findIndex(({ frameNumber }) => frameNumber > frame.number);
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
    this.#fault = fault;
    for (const group of this.#writer.abandon()) this.#fail(group, fault);
    for (const { waiter } of this.#waiters.splice(0)) this.#fail(waiter, fault);
    this.#options.onHalt(fault);
  }

  #count(frame: SealedFrame<Group>): void {
    this.counts.frames += 1;
    this.counts.transitions += frame.transitions;
    this.counts.bytes += frame.record.length;
    this.counts.batchMax = Math.max(this.counts.batchMax, frame.transitions);
  }
}

/** Embedded, the directory is locked: whoever put records before a frame of ours should not be there. */
export function foreignWriter(offset: number): StorageFault {
  const message = `another process wrote to the log below offset ${offset}`;
  return new StorageFault(
    'locked',
    `${message}: a directory is for one server, stop the other one`,
  );
}
