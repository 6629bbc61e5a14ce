// Follows the offers and starts of tasks between the nodes of a world.

import { type RunKey, runKeyText } from '@perdure/kernel';
import type { TaskOffer } from '@perdure/ports';
import type { Sightings } from '../sightings.ts';
import type { NodeStateName } from './node-states.ts';
import type { ProcessLives } from './process-lives.ts';

interface Offered {
  readonly owner: string;
  /** The process that was asked to hold it. */
  readonly holder: string | null;
}

export class OfferWatch {
  readonly #sightings: Sightings<NodeStateName>;
  readonly #lives: ProcessLives;
  readonly #nowUs: () => number;
  readonly #processOf: (node: string) => string | null;
  readonly #offered = new Map<string, Offered>();
  /** Poll request ids of starts whose owner was lost. */
  readonly #lost = new Set<string>();

  constructor(options: {
    readonly sightings: Sightings<NodeStateName>;
    readonly lives: ProcessLives;
    readonly nowUs: () => number;
    /** The process of a node, while there is one. */
    readonly processOf: (node: string) => string | null;
  }) {
    this.#sightings = options.sightings;
    this.#lives = options.lives;
    this.#nowUs = options.nowUs;
    this.#processOf = options.processOf;
  }

  offered(owner: string, node: string, offer: TaskOffer): void {
    const holder = this.#processOf(node);
    const key = taskKey(offer.run, offer);
    const before = this.#offered.get(key);
    this.#offered.set(key, { owner, holder });
    if (before === undefined) return;
    this.#sightings.seen('task offered again');
    const gone = (process: string | null): boolean =>
      process !== null && !this.#lives.livedAfter(process, this.#nowUs());
    if (gone(before.owner) && gone(before.holder))
      this.#sightings.seen('re-offer after both sides died');
    else if (before.holder !== holder && !gone(before.holder))
      this.#sightings.seen('matching doubled');
  }

  startLost(request: unknown): void {
    const id = pollRequestOf(request);
    if (id !== null) this.#lost.add(id);
  }

  started(request: unknown, answer: unknown): void {
    const id = pollRequestOf(request);
    if (id === null || !this.#lost.delete(id)) return;
    if ((answer as { kind?: string }).kind === 'started')
      this.#sightings.seen('start reply lost with its owner');
  }
}

function taskKey(run: RunKey, { kind, scheduledEventId, attempt }: TaskOffer): string {
  return `${runKeyText(run)} ${kind} ${scheduledEventId} ${attempt}`;
}

function pollRequestOf(request: unknown): string | null {
  const { content } = request as { content?: { poll?: { pollRequestId?: string } } };
  return content?.poll?.pollRequestId ?? null;
}
