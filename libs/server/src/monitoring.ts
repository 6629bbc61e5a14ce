// What watches one server process from outside: its metrics and its health over HTTP.

import type { Metrics } from '@perdure/ports';
import { createExposition } from './exposition.ts';
import { openMonitoringHttp, type Readiness } from './monitoring-http.ts';
import type { ServerLog } from './server-log.ts';

export interface MonitoringOptions {
  readonly ip: string;
  /** 0: any free one; null: no HTTP. */
  readonly port: number | null;
  readonly log: ServerLog;
  readonly metrics: Metrics;
}

export interface Monitoring {
  /** host:port of /metrics, /health and /ready; null: there is none. */
  readonly address: string | null;
  /** What /ready says from now on. */
  setReadiness(readiness: Readiness): void;
  close(): void;
}

/** Opens it, with the server `starting`. Throws ListenFault. */
export async function openMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const { ip, port, log, metrics } = options;
  let readiness: Readiness = 'starting';
  const http =
    port === null
      ? null
      : await openMonitoringHttp(`${ip}:${port}`, {
          readiness: () => readiness,
          scrape: createExposition(metrics),
          onTrouble: (message, error) => log.error(message, { component: 'monitoring', error }),
        });
  return {
    address: http === null ? null : `${ip}:${http.port}`,
    setReadiness(next) {
      readiness = next;
    },
    close: () => http?.close(),
  };
}
