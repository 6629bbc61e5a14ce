// Who is let in, decided before a request is decoded: a refused call must cost next to nothing.
//
// A1. Only namespaces that exist have state, so a flood of invented names fills no memory; it is bounded by the rate of the
//     server alone.
// A2. A call counts against its namespace first, then against the server.
// A3. New work is shed by load (core/admission/load.ts), equally among the namespaces that have some under way; what ends
//     work never is.

import {
  beginChange,
  beginStart,
  changeQuota,
  endChange,
  endStart,
  type MethodClass,
  newLoad,
  newQuota,
  noWork,
  type PriorityQuota,
  priorities,
  type Quota,
  takeQuota,
  turnEnded,
  type WorkUnderWay,
} from '@perdure/core-admission';
import { type ExhaustedCause, RejectionError, reject } from '@perdure/kernel';
import type { Clock, DynamicConfig, Namespaces } from '@perdure/ports';
import type { PublicCall } from './public-method.ts';

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly namespaces: Pick<Namespaces, 'byName'>;
}

type Counted = Exclude<Quota, 'none'>;
type Quotas = { readonly [Q in Counted]: PriorityQuota };

/** What admission knows of a namespace. */
export interface NamespaceState {
  readonly quotas: Quotas;
  readonly work: WorkUnderWay;
  /** By method: calls that wait. */
  readonly waiting: Map<string, number>;
  waitingMax: number;
  generation: number;
}

/** What the server may save up while it is quiet, in seconds of its rate. */
const serverBurstSeconds = 2;

function exhausted(
  message: string,
  cause: ExhaustedCause,
  scope: 'namespace' | 'system',
): RejectionError {
  const detail = { kind: 'resourceExhausted', cause, scope } as const;
  return new RejectionError(reject('RESOURCE_EXHAUSTED', message, detail));
}

/** Made once: an error for each refused call would cost more than the refusal. */
const refusals = {
  namespaceRate: exhausted('namespace rate limit exceeded', 'RPS_LIMIT', 'namespace'),
  serverRate: exhausted('service rate limit exceeded', 'RPS_LIMIT', 'system'),
  waiting: exhausted('namespace concurrent poller limit exceeded', 'CONCURRENT_LIMIT', 'namespace'),
  overloaded: exhausted(
    'the server is overloaded: new work is refused, try again later',
    'SYSTEM_OVERLOADED',
    'system',
  ),
} as const;

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #states = new Map<string, NamespaceState>();
  readonly #server: Quotas;
  readonly #load = newLoad();
  #serverGeneration: number;
  #turnBeganUs = -1;

  constructor(options: AdmissionOptions) {
    const { clock, config } = options;
    this.#options = options;
    this.#serverGeneration = config.generation;
    this.#server = quotas(serverRates(config), clock.nowUs());
  }

  /** Starts and signals under way per namespace shrink to this share under load. For tests and metrics. */
  get window(): number {
    return this.#load.window;
  }

  /**
   * Lets a call in, or throws the RejectionError that says why not. `namespace`: empty when the call names none. What it
   * returns is for `leave`, when the call is over.
   */
  enter(
    name: string,
    method: MethodClass,
    namespace: string,
    call: Pick<PublicCall, 'namespace'>,
  ): NamespaceState | null {
    const nowUs = this.#options.clock.nowUs();
    this.#watchTurn(nowUs);
    const state = this.#state(namespace, nowUs);
    // For who counts calls, the refused ones too. Names that clients invent are not counted by.
    if (state !== null) call.namespace = namespace;
    const { quota, priority } = method;
    if (quota !== 'none') {
      if (state !== null && !takeQuota(state.quotas[quota], priority, nowUs)) {
        throw refusals.namespaceRate;
      }
      if (!takeQuota(this.#serverQuota(quota), priority, nowUs)) throw refusals.serverRate;
    }
    if (state === null) return null;
    if (method.waits) {
      const count = state.waiting.get(name) ?? 0;
      if (count >= state.waitingMax) throw refusals.waiting;
      state.waiting.set(name, count + 1);
    }
    const { work } = method;
    if (work === 'start' && !beginStart(this.#load, state.work)) throw refusals.overloaded;
    if (work === 'change' && !beginChange(this.#load, state.work)) {
      if (method.waits) endWait(name, state);
      throw refusals.overloaded;
    }
    return state;
  }

  leave(name: string, { work, waits }: MethodClass, state: NamespaceState | null): void {
    if (state === null) return;
    if (waits) endWait(name, state);
    if (work === 'start') endStart(this.#load, state.work);
    if (work === 'change') endChange(this.#load, state.work);
  }

  /** How long the calls that arrived together take: from the first of them to the end of the turn. */
  #watchTurn(nowUs: number): void {
    if (this.#turnBeganUs >= 0) return;
    this.#turnBeganUs = nowUs;
    this.#options.clock.endOfTurn(this.#turnEnded);
  }

  readonly #turnEnded = (): void => {
    turnEnded(this.#load, this.#options.clock.nowUs() - this.#turnBeganUs);
    this.#turnBeganUs = -1;
  };

  #state(namespace: string, nowUs: number): NamespaceState | null {
    const { config, namespaces } = this.#options;
    const known = this.#states.get(namespace);
    if (known !== undefined) {
      if (known.generation !== config.generation) this.#follow(namespace, known);
      return known;
    }
    if (namespace === '' || namespaces.byName(namespace) === undefined) return null;
    const state: NamespaceState = {
      quotas: quotas(namespaceRates(config, namespace), nowUs),
      work: noWork(),
      waiting: new Map(),
      waitingMax: config.value('frontend.namespaceCount', { namespace }),
      generation: config.generation,
    };
    this.#states.set(namespace, state);
    return state;
  }

  /** The configuration changed. */
  #follow(namespace: string, state: NamespaceState): void {
    const { config } = this.#options;
    change(state.quotas, namespaceRates(config, namespace));
    state.waitingMax = config.value('frontend.namespaceCount', { namespace });
    state.generation = config.generation;
  }

  #serverQuota(quota: Counted): PriorityQuota {
    const { config } = this.#options;
    if (this.#serverGeneration !== config.generation) {
      this.#serverGeneration = config.generation;
      change(this.#server, serverRates(config));
    }
    return this.#server[quota];
  }
}

function endWait(name: string, { waiting }: NamespaceState): void {
  waiting.set(name, (waiting.get(name) as number) - 1);
}

interface Rate {
  readonly perSecond: number;
  readonly burstSeconds: number;
}
type Rates = { readonly [Q in Counted]: Rate };

function namespaceRates(config: DynamicConfig, namespace: string): Rates {
  const of = { namespace };
  const changes = 'namespaceReplicationInducingAPIs';
  return {
    execution: {
      perSecond: config.value('frontend.namespaceRPS', of),
      burstSeconds: config.value('frontend.namespaceBurstRatio', of),
    },
    visibility: {
      perSecond: config.value('frontend.namespaceRPS.visibility', of),
      burstSeconds: config.value('frontend.namespaceBurstRatio.visibility', of),
    },
    namespaceChange: {
      perSecond: config.value(`frontend.namespaceRPS.${changes}`, of),
      burstSeconds: config.value(`frontend.namespaceBurstRatio.${changes}`, of),
    },
  };
}

function serverRates(config: DynamicConfig): Rates {
  const calls = { perSecond: config.value('frontend.rps'), burstSeconds: serverBurstSeconds };
  const perSecond = config.value('frontend.rps.namespaceReplicationInducingAPIs');
  const namespaceChange = { perSecond, burstSeconds: serverBurstSeconds };
  return { execution: calls, visibility: calls, namespaceChange };
}

function quotas(rates: Rates, nowUs: number): Quotas {
  const of = ({ perSecond, burstSeconds }: Rate): PriorityQuota =>
    newQuota(priorities, perSecond, burstSeconds, nowUs);
  return {
    execution: of(rates.execution),
    visibility: of(rates.visibility),
    namespaceChange: of(rates.namespaceChange),
  };
}

function change(quotas: Quotas, rates: Rates): void {
  for (const quota of ['execution', 'visibility', 'namespaceChange'] as const) {
    const { perSecond, burstSeconds } = rates[quota];
    changeQuota(quotas[quota], perSecond, burstSeconds);
  }
}
