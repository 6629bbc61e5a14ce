// Spans of calls, appends and waits for hand-out, where OpenTelemetry's environment asks for them.
//
// T1. Off, nothing is loaded and nothing is called: every site has one comparison with null.
// T2. A call continues the trace that its metadata names. An append serves many calls and has a trace of its own.
// T3. No span holds anything of users but the names that requests carry: namespace, queue, workflow id, run id.

import type { PublicCall } from '@perdure/frontend';
import type { CallContext, TaskOffer } from '@perdure/ports';
import type { ServerLog } from './server-log.ts';

/** Something under way. Ended once. */
export interface OpenSpan {
  /** `error`: what it failed with, if it did. */
  end(error?: unknown): void;
}

export interface Tracing {
  beginCall(service: string, method: string, call: PublicCall): OpenSpan;
  beginAppend(records: readonly Uint8Array[]): OpenSpan;
  /** The task was given to the poll of that call; it had waited since it was scheduled. */
  handedOut(call: CallContext, offer: TaskOffer, nowUs: number): void;
  /** Resolves when what is over has been exported, or cannot be. */
  shutDown(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** True if the environment asks for traces, as OpenTelemetry's specification has it. */
export function asksForTraces(environment: Environment): boolean {
  const given = (name: string): string => environment[name]?.trim() ?? '';
  if (given('OTEL_SDK_DISABLED').toLowerCase() === 'true') return false;
  const exporter = given('OTEL_TRACES_EXPORTER');
  if (exporter !== '') return exporter !== 'none';
  return (
    given('OTEL_EXPORTER_OTLP_ENDPOINT') !== '' ||
    given('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') !== ''
  );
}

/** null: no traces are asked for. */
export async function openTracing(
  environment: Environment,
  log: ServerLog,
): Promise<Tracing | null> {
  if (!asksForTraces(environment)) return null;
  const { openTelemetryTracing } = await import('./open-telemetry.ts');
  return openTelemetryTracing(environment, log);
}
