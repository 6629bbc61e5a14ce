// The public methods with an observer round them: what every call costs, how it ends, and a line of it at debug.
//
// Whatever carries the methods sees the same methods. A call costs one reading of the clock at each end and some
// additions: the counters of a method and namespace are looked up once.

import type { PublicCall, PublicMethod } from '@perdure/frontend';
import { type Rejection, RejectionError, usPerMs } from '@perdure/kernel';
import {
  type Clock,
  type Counter,
  type Histogram,
  type Metrics,
  unknownNamespace,
} from '@perdure/ports';
import { errorType, isOwnFault } from './error-type.ts';
import type { ServerLog } from './server-log.ts';
import type { Tracing } from './tracing.ts';

interface CallMeters {
  readonly requests: Counter;
  readonly latency: Histogram;
}

class MethodObserver {
  /** Calls under way. */
  pending = 0;
  readonly #name: string;
  readonly #metrics: Metrics;
  readonly #log: ServerLog;
  readonly #clock: Clock;
  readonly #byNamespace = new Map<string, CallMeters>();

  constructor(name: string, { metrics, log, clock }: CallObservers) {
    this.#name = name;
    this.#metrics = metrics;
    this.#log = log;
    this.#clock = clock;
  }

  answered(call: PublicCall, beganUs: number): void {
    const tookUs = this.#ended(call, beganUs);
    if (this.#log.debugs) this.#tell(call, tookUs, 'OK');
  }

  refused(call: PublicCall, beganUs: number, error: unknown): void {
    const tookUs = this.#ended(call, beganUs);
    const rejection = error instanceof RejectionError ? error.rejection : null;
    this.#countError(namespaceOf(call), rejection);
    if (!this.#log.debugs) return;
    // The message of a query that failed is its worker's, and so may hold anything.
    const isUsers = rejection?.detail?.kind === 'queryFailed';
    this.#tell(call, tookUs, rejection?.code ?? 'INTERNAL', isUsers ? undefined : error);
  }

  #ended(call: PublicCall, beganUs: number): number {
    this.pending -= 1;
    const tookUs = this.#clock.nowUs() - beganUs;
    const namespace = namespaceOf(call);
    const meters = this.#byNamespace.get(namespace) ?? this.#open(namespace);
    meters.requests.value += 1;
    meters.latency.observe(tookUs);
    return tookUs;
  }

  #open(namespace: string): CallMeters {
    const meters = {
      requests: this.#metrics.counter('service_requests').of(this.#name, namespace),
      latency: this.#metrics.histogram('service_latency').of(this.#name, namespace),
    };
    this.#byNamespace.set(namespace, meters);
    return meters;
  }

  #countError(namespace: string, rejection: Rejection | null): void {
    const metrics = this.#metrics;
    const labels = [this.#name, namespace];
    const code = rejection?.code ?? 'INTERNAL';
    const detail = rejection?.detail;
    metrics.counter('service_error_with_type').of(...labels, errorType(rejection)).value += 1;
    if (isOwnFault(code)) metrics.counter('service_errors').of(...labels).value += 1;
    if (code === 'NOT_FOUND')
      metrics.counter('service_errors_entity_not_found').of(...labels).value += 1;
    if (code === 'INVALID_ARGUMENT')
      metrics.counter('service_errors_invalid_argument').of(...labels).value += 1;
    if (code === 'DEADLINE_EXCEEDED')
      metrics.counter('service_errors_context_timeout').of(...labels).value += 1;
    if (detail?.kind === 'workflowExecutionAlreadyStarted')
      metrics.counter('service_errors_execution_already_started').of(...labels).value += 1;
    if (code === 'RESOURCE_EXHAUSTED') {
      const cause = detail?.kind === 'resourceExhausted' ? detail.cause : 'UNSPECIFIED';
      metrics.counter('service_errors_resource_exhausted').of(...labels, cause).value += 1;
    }
  }

  #tell(call: PublicCall, tookUs: number, code: string, error?: unknown): void {
    this.#log.debug('a call was answered', {
      component: 'frontend',
      operation: this.#name,
      namespace: namespaceOf(call),
      code,
      'duration-ms': tookUs / usPerMs,
      ...(call.clientName === '' ? {} : { 'client-name': call.clientName }),
      error,
    });
  }
}

function namespaceOf(call: PublicCall): string {
  return call.namespace || unknownNamespace;
}

export interface CallObservers {
  readonly metrics: Metrics;
  readonly log: ServerLog;
  /** null: no traces. */
  readonly tracing: Tracing | null;
  readonly clock: Clock;
}

/** The same methods, observed. */
export function observedMethods(
  methods: readonly PublicMethod[],
  all: CallObservers,
): readonly PublicMethod[] {
  const { metrics, tracing, clock } = all;
  const observers: { readonly name: string; readonly observer: MethodObserver }[] = [];
  metrics.pull('service_pending_requests', () =>
    observers
      .filter(({ observer }) => observer.pending > 0)
      .map(({ name, observer }) => ({ labels: [name], value: observer.pending })),
  );
  return methods.map((method) => {
    const observer = new MethodObserver(method.name, all);
    observers.push({ name: method.name, observer });
    const handle: PublicMethod['handle'] = (request, call) => {
      const beganUs = clock.nowUs();
      observer.pending += 1;
      const span = tracing === null ? null : tracing.beginCall(method.service, method.name, call);
      const answer = method.handle(request, call);
      answer.then(
        () => {
          observer.answered(call, beganUs);
          span?.end();
        },
        (error: unknown) => {
          observer.refused(call, beganUs, error);
          span?.end(error);
        },
      );
      return answer;
    };
    return { ...method, handle };
  });
}
