// Tracing through OpenTelemetry's SDK, set up by the OTEL_* environment: exporter, endpoint, sampler, resource.
//
// Loaded by tracing.ts, and only when traces are asked for: it takes a third of a second and 25 MB.

import { setTimeout } from 'node:timers/promises';
import {
  type Context,
  context,
  DiagLogLevel,
  diag,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { PublicCall } from '@perdure/frontend';
import { RejectionError } from '@perdure/kernel';
import type { CallContext, TaskOffer } from '@perdure/ports';
import { statusNumbers } from '@perdure/wire';
import { isOwnFault } from './error-type.ts';
import type { ServerLog } from './server-log.ts';
import type { OpenSpan, Tracing } from './tracing.ts';

const serviceName = 'perdure';
const usPerSecond = 1_000_000;
const nsPerUs = 1_000;
const shutDownMs = 3_000;

export function openTelemetryTracing(
  environment: Readonly<Record<string, string | undefined>>,
  log: ServerLog,
): Tracing {
  const named = environment['OTEL_SERVICE_NAME'] !== undefined;
  // Metrics are served to Prometheus and lines go to standard error: neither goes through OpenTelemetry.
  const sdk = new NodeSDK({
    metricReaders: [],
    logRecordProcessors: [],
    ...(named ? {} : { serviceName }),
  });
  const tell = (level: 'warn' | 'debug') => (message: string) =>
    log[level](message, { component: 'tracing' });
  const [warn, debug] = [tell('warn'), tell('debug')];
  const logger = { error: warn, warn, info: debug, debug, verbose: debug };
  diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
  sdk.start();
  return new OpenTelemetryTracing(trace.getTracer(serviceName), () => sdk.shutdown());
}

/** The metadata of a call, as propagators read it. */
const metadataOfCall: TextMapGetter<PublicCall> = {
  keys: () => [],
  get: (call, key) => call.metadata?.(key),
};

class OpenTelemetryTracing implements Tracing {
  readonly #tracer: Tracer;
  readonly #end: () => Promise<void>;
  /** Contexts of calls under way: what happens for a call is a child of its span. */
  readonly #calls = new WeakMap<CallContext, Context>();

  constructor(tracer: Tracer, end: () => Promise<void>) {
    this.#tracer = tracer;
    this.#end = end;
  }

  beginCall(service: string, method: string, call: PublicCall): OpenSpan {
    const parent = propagation.extract(ROOT_CONTEXT, call, metadataOfCall);
    const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
    const span = this.#tracer.startSpan(
      `${service}/${method}`,
      { kind: SpanKind.SERVER, attributes },
      parent,
    );
    this.#calls.set(call, trace.setSpan(parent, span));
    return { end: (error) => endCall(span, call, error) };
  }

  beginAppend(records: readonly Uint8Array[]): OpenSpan {
    const bytes = records.reduce((sum, { length }) => sum + length, 0);
    const attributes = { 'perdure.log.records': records.length, 'perdure.log.bytes': bytes };
    const span = this.#tracer.startSpan('log append', { attributes, root: true });
    return {
      end: (error) => {
        if (error !== undefined) fail(span, error);
        span.end();
      },
    };
  }

  handedOut(call: CallContext, offer: TaskOffer, nowUs: number): void {
    const { run, queue } = offer;
    const attributes = {
      'temporal.task_queue': queue.name,
      'temporal.task_type': offer.kind,
      'temporal.workflow_id': run.workflowId,
      'temporal.run_id': run.runId,
      'perdure.attempt': offer.attempt,
      'perdure.sticky': offer.sticky,
    };
    const startTime = timeOf(offer.scheduledAtUs);
    const parent = this.#calls.get(call) ?? context.active();
    const span = this.#tracer.startSpan('task wait', { attributes, startTime }, parent);
    span.end(timeOf(Math.max(nowUs, offer.scheduledAtUs)));
  }

  /** A collector that cannot be reached does not hold up the end of the server. */
  async shutDown(): Promise<void> {
    const waited = new AbortController();
    await Promise.race([
      this.#end().catch((error: unknown) => diag.error(String(error))),
      setTimeout(shutDownMs, null, { signal: waited.signal, ref: false }),
    ]);
    waited.abort();
  }
}

function endCall(span: Span, call: PublicCall, error: unknown): void {
  if (call.namespace) span.setAttribute('temporal.namespace', call.namespace);
  if (error === undefined) span.setAttribute('rpc.grpc.status_code', 0);
  else {
    const code = error instanceof RejectionError ? error.rejection.code : 'INTERNAL';
    span.setAttribute('rpc.grpc.status_code', statusNumbers[code]);
    // What a caller did wrong is no failure of the server's span.
    if (isOwnFault(code)) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  }
  span.end();
}

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : 'failed';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Seconds and nanoseconds since 1970. */
function timeOf(us: number): [number, number] {
  return [Math.floor(us / usPerSecond), Math.round(us % usPerSecond) * nsPerUs];
}
