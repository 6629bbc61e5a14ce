// One LogPartition at one node: wanted or not, claimed, served, lost, claimed again (L4).
//
// H1. The assignment says who should claim, and nothing else. A node that is not named any more serves on until another
//     owner's Announce fences it; it looks for that often, so that nobody waits for it. Named again, it looks at once: who
//     was named meanwhile may have announced.
// H2. A fenced owner is thrown away as a whole: what it had in memory may be void. If the node is still to be the owner it
//     claims again, after a while that is drawn, so that two who are both named do not fence each other at once.
// H3. A fault of the log or the store that may pass is tried again. A rule that the log broke stops the partition for good
//     on this node, loudly (L5, L8): nobody serves what may be wrong.
// H4. A suspicion makes the next node on the ring claim before the group has noticed; it ends when others announce, and with
//     a take-over that announced and failed: trying again would end the ownership of whoever claimed meanwhile.
// H5. What is given up is given up: an opening under way is stopped when it is done, and nothing that is heard of an opening
//     or an owner that is over touches the one after it.

import { LogRuleBroken, UnreadableRecord } from '@perdure/core-log';
import { usPerMs } from '@perdure/kernel';
import { type Clock, type HistoryService, NotOwner } from '@perdure/ports';
import type { OpenedHistory } from '../history-options.ts';
import type { ClaimOptions } from '../log/open-tail.ts';

export interface PartitionHostOptions {
  readonly logPartition: number;
  readonly clock: Clock;
  readonly open: (claim: ClaimOptions, onHalt: (fault: Error) => void) => Promise<OpenedHistory>;
  readonly newId: () => string;
  /** A number from 0 up to 1. */
  readonly draw: () => number;
  readonly events: HostEvents;
}

/** For the log of the process, for counting, and for whoever routes. */
export interface HostEvents {
  serving(logPartition: number, history: OpenedHistory): void;
  /** Not the owner any more: fenced by that epoch, or null: by its own will or a fault. */
  lost(logPartition: number, history: OpenedHistory | null, byEpoch: number | null): void;
  /** H3: for good. */
  halted(logPartition: number, fault: Error): void;
  trouble(logPartition: number, message: string, error: unknown): void;
}

const claimAgainUs = [50 * usPerMs, 200 * usPerMs] as const;
const retryUs = [200 * usPerMs, 2_000 * usPerMs] as const;
/** H1: between two looks of an owner that is not named any more. */
const lookUs = 100 * usPerMs;
/** W5. */
const proveEveryUs = 1_000 * usPerMs;

/** One opening, and the owner that came of it. */
interface Life {
  /** It is given up, or fenced, or has failed: nothing of it matters any more (H5). */
  over: boolean;
  /** It has ended the ownership of others. */
  announced: boolean;
}

export class PartitionHost {
  readonly #options: PartitionHostOptions;
  #named = false;
  #suspects = false;
  #generation = 0;
  #lastTried = 0;
  #life: Life | null = null;
  #history: OpenedHistory | null = null;
  #opening: Promise<void> | null = null;
  #waiting = false;
  #halted = false;
  #stopped = false;

  constructor(options: PartitionHostOptions) {
    this.#options = options;
  }

  get history(): OpenedHistory | null {
    return this.#history;
  }

  get service(): HistoryService | null {
    return this.#history?.service ?? null;
  }

  /** Settles when the take-over that is under way is over; null: there is none. */
  get opening(): Promise<void> | null {
    return this.#opening;
  }

  get halted(): boolean {
    return this.#halted;
  }

  /** The newest assignment names this node, or another one. */
  assigned(named: boolean, generation: number): void {
    const again = named && !this.#named;
    this.#named = named;
    this.#generation = generation;
    if (again) this.#history?.prove(0);
    this.#begin();
  }

  /** H4: the owner was silent for long, and this node is the next on the ring. */
  suspect(): void {
    if (this.#suspects || this.#history !== null) return;
    this.#suspects = true;
    this.#begin();
  }

  /** Gives the partition up, whatever is under way in it, until it is assigned again. */
  giveUp(): void {
    this.#named = false;
    this.#suspects = false;
    this.#end(null);
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    this.#end(null);
  }

  #wanted(): boolean {
    return (this.#named || this.#suspects) && !this.#stopped && !this.#halted;
  }

  #begin(): void {
    if (!this.#wanted() || this.#waiting || this.#opening !== null || this.#history !== null)
      return;
    const life: Life = { over: false, announced: false };
    this.#life = life;
    this.#opening = this.#open(life).finally(() => {
      this.#opening = null;
      if (this.#history === null) this.#beginLater(retryUs);
    });
  }

  #beginLater([low, high]: readonly [number, number]): void {
    if (!this.#wanted() || this.#waiting) return;
    this.#waiting = true;
    const { clock, draw } = this.#options;
    clock.after(low + draw() * (high - low), () => {
      this.#waiting = false;
      this.#begin();
    });
  }

  async #open(life: Life): Promise<void> {
    const { logPartition, events } = this.#options;
    // It may be fenced before it is open.
    const lost = (byEpoch: number | null): void => {
      if (!life.over) this.#lost(byEpoch);
    };
    const halt = (fault: Error): void => {
      if (!life.over) this.#judge(fault);
      lost(null);
    };
    let mine: OpenedHistory;
    try {
      mine = await this.#options.open(this.#claim(life, lost), halt);
    } catch (fault) {
      if (!(fault instanceof NotOwner) && !life.over) this.#judge(fault);
      if (life.announced && !life.over) this.#suspects = false;
      life.over = true;
      return;
    }
    if (life.over) {
      mine.stop();
      return;
    }
    this.#history = mine;
    events.serving(logPartition, mine);
    this.#proveLater(mine);
  }

  #claim(life: Life, onFenced: (epoch: number) => void): ClaimOptions {
    const { draw, newId, logPartition, events } = this.#options;
    const [low, high] = claimAgainUs;
    return {
      generation: this.#generation,
      newNonce: newId,
      lastTried: this.#lastTried,
      onTried: (epoch) => {
        this.#lastTried = Math.max(this.#lastTried, epoch);
      },
      wanted: () => this.#wanted() && !life.over,
      pauseUs: () => low + draw() * (high - low),
      onAnnounced: () => {
        life.announced = true;
      },
      onFenced,
      onUnknown: (fault) =>
        events.trouble(logPartition, 'an append ended without an outcome', fault),
      onSettled: () => undefined,
    };
  }

  /** H3. */
  #judge(fault: unknown): void {
    const { logPartition, events } = this.#options;
    if (this.#stopped) return;
    if (fault instanceof LogRuleBroken || fault instanceof UnreadableRecord) {
      this.#halted = true;
      events.halted(logPartition, fault);
    } else events.trouble(logPartition, 'a LogPartition cannot be served', fault);
  }

  /** H2. */
  #lost(byEpoch: number | null): void {
    if (byEpoch !== null) this.#suspects = false;
    this.#end(byEpoch);
    this.#beginLater(claimAgainUs);
  }

  #end(byEpoch: number | null): void {
    if (this.#life !== null) this.#life.over = true;
    const history = this.#history;
    if (history === null) return;
    this.#history = null;
    history.stop();
    this.#options.events.lost(this.#options.logPartition, history, byEpoch);
  }

  /** W5, H1: an owner on whom somebody waits proves that it is one, and notices when it is not. */
  #proveLater(history: OpenedHistory): void {
    this.#options.clock.after(this.#named ? proveEveryUs : lookUs, () => {
      if (this.#history !== history) return;
      history.prove(this.#named ? proveEveryUs : lookUs);
      this.#proveLater(history);
    });
  }
}
