// Requests on their way between a process and the brokers of a simulated Kafka, and how they fail.
//
// K5. A request that left its process lands, whatever becomes of the process meanwhile. Its answer comes to a process that
//     moves, or never.
// K6. A request may be lost before its broker, lose its answer, land late (once its process was told of an error; also
//     after its death, and after a new epoch has begun), or land twice. An error says nothing about which it was (L6).
// K7. The broker's clock stamps what it appends (L10).

import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Brokers } from './kafka-brokers.ts';
import type { Part, PartResult } from './kafka-partition.ts';
import { lateUs, type Strikes } from './strikes.ts';

/** Records for partitions that one broker leads, as the process knows it. */
export interface ProduceRequest {
  readonly broker: number;
  readonly parts: readonly Part[];
}

export type ProduceAnswer =
  | { readonly kind: 'answered'; readonly results: readonly PartResult[]; readonly stampUs: number }
  | { readonly kind: 'failed'; readonly error: string };

/** What of the traffic between a node and the brokers gets through. */
export type Cut = 'requests lost' | 'answers lost';

const usualUs = [80, 500] as const;

/** The node that a host is a life of. */
export function nodeOf(host: Host): string {
  return host.name.split('/')[0] ?? host.name;
}

export class KafkaRequests {
  /** By node. */
  readonly cuts = new Map<string, Cut>();
  readonly #agenda: Agenda;
  readonly #brokers: Brokers;
  readonly #strikes: Strikes;
  readonly #timing: Chance;
  #made = 0;
  /** What is still to land although its process was told of an error, or already landed once. */
  readonly #late = new Map<AgendaEntry, () => void>();

  constructor(options: {
    readonly agenda: Agenda;
    readonly brokers: Brokers;
    readonly strikes: Strikes;
    readonly seed: number;
  }) {
    this.#agenda = options.agenda;
    this.#brokers = options.brokers;
    this.#strikes = options.strikes;
    this.#timing = Chance.of(options.seed, 'kafka network');
  }

  /** `answer` is called at most once; never when the answer is lost and nobody notices. */
  produce(host: Host, request: ProduceRequest, answer: (answer: ProduceAnswer) => void): void {
    const { broker } = request;
    const number = this.#made++;
    const { sightings } = this.#strikes;
    sightings.seen('request of several partitions', request.parts.length > 1 ? 1 : 0);
    const fail = (chance: Chance): void => this.#fails(host, chance, answer);
    if (this.#cut(host, 'requests lost')) {
      fail(this.#strikes.chance('kafkaCutEveryUs'));
      return;
    }
    const lost = this.#strikes.now('kafkaLostRequest');
    if (lost !== null) {
      sightings.seen('append request lost');
      fail(lost);
      return;
    }
    const late = this.#strikes.now('kafkaLate');
    if (late !== null) {
      this.#landsLate(host, request, number, { delayUs: lateUs(late), name: 'append late' });
      fail(late);
      return;
    }
    const doubled = this.#strikes.now('kafkaDoubled');
    const unanswered = this.#strikes.now('kafkaLostAnswer');
    if (unanswered !== null) {
      sightings.seen('append answer lost');
      fail(unanswered);
    }
    this.#agenda.after(this.#hopUs(), null, () =>
      this.#brokers.at(broker, () => {
        if (doubled !== null) {
          // Right behind the first, or after a while.
          const delayUs = doubled.happens(0.5) ? 0 : lateUs(doubled);
          this.#landsLate(host, request, number, { delayUs, name: 'append doubled' });
        }
        this.#arrives(host, request, number, (answered) => {
          if (unanswered === null) this.#answers(host, broker, () => answer(answered));
        });
      }),
    );
  }

  /** Lets a broker do something for a process. `answer` is called at most once. */
  ask<T>(
    host: Host,
    broker: number,
    effect: () => T,
    answer: (outcome: { readonly value: T } | { readonly error: unknown }) => void,
  ): void {
    if (this.#cut(host, 'requests lost')) return;
    this.#agenda.after(this.#hopUs(), null, () =>
      this.#brokers.at(broker, () => {
        let outcome: { readonly value: T } | { readonly error: unknown };
        try {
          outcome = { value: effect() };
        } catch (error) {
          outcome = { error };
        }
        this.#answers(host, broker, () => answer(outcome));
      }),
    );
  }

  /** Everybody is reached, and what was to land late lands now or never. */
  heal(): void {
    this.cuts.clear();
    const chance = this.#strikes.chance('kafkaLate');
    for (const [entry, land] of this.#late) {
      this.#agenda.cancel(entry);
      if (chance.happens(0.5)) this.#agenda.after(0, null, land);
    }
    this.#late.clear();
  }

  #arrives(
    host: Host,
    { broker, parts }: ProduceRequest,
    request: number,
    answer: (answer: ProduceAnswer) => void,
  ): void {
    const stampUs = Math.round(
      this.#agenda.nowUs + (this.#brokers.brokers[broker]?.clockOffsetUs ?? 0),
    );
    if (host.state === 'frozen') this.#strikes.sightings.seen('append sent before freeze');
    const results: PartResult[] = [];
    for (const part of parts) {
      this.#brokers.append(broker, part, { process: host.name, request }, (result) => {
        results.push(result);
        if (results.length === parts.length) answer({ kind: 'answered', results, stampUs });
      });
    }
  }

  /** Whoever leads by then takes it, when it can. */
  #landsLate(
    host: Host,
    { parts }: ProduceRequest,
    request: number,
    { delayUs, name }: { delayUs: number; name: 'append late' | 'append doubled' },
  ): void {
    const { sightings } = this.#strikes;
    const land = (): void => {
      for (const part of parts) {
        const { leader } = this.#brokers.partition(part.partition);
        this.#brokers.at(leader, () => {
          const sender = { process: host.name, request };
          this.#brokers.append(leader, part, sender, ({ records }) => {
            if (records === null) return;
            sightings.seen(name);
            if (host.state === 'dead') sightings.seen('append late after death');
          });
        });
      }
    };
    // What was under way when all was healed comes at once.
    const entry = this.#agenda.after(this.#strikes.on ? delayUs : 0, null, () => {
      this.#late.delete(entry);
      land();
    });
    this.#late.set(entry, land);
  }

  #answers(host: Host, broker: number, answer: () => void): void {
    this.#brokers.at(broker, () => {
      if (this.#cut(host, 'requests lost') || this.#cut(host, 'answers lost')) return;
      this.#agenda.after(this.#hopUs(), host, answer);
    });
  }

  /** Half of the time the process waits in vain, else it sees its connection break. */
  #fails(host: Host, chance: Chance, answer: (answer: ProduceAnswer) => void): void {
    if (chance.happens(0.5)) return;
    const error = chance.pick(['the connection broke', 'the connection was refused']);
    this.#agenda.after(chance.between(500, 500_000), host, () => answer({ kind: 'failed', error }));
  }

  #cut(host: Host, what: Cut): boolean {
    return this.cuts.get(nodeOf(host)) === what;
  }

  #hopUs(): number {
    return this.#timing.between(...usualUs) * this.#brokers.slowness;
  }
}
