// What a started server says about itself.

import type { StartDevValues } from '../flags/start-dev.ts';
import { version } from '../version.ts';

export interface StartedServer {
  readonly address: string;
  readonly metricsAddress: string | null;
  readonly persistence: string;
}

export function banner(server: StartedServer, flags: StartDevValues): readonly string[] {
  const rows: (readonly [string, string])[] = [
    ['Server:', friendly(server.address)],
    ...(server.metricsAddress === null
      ? []
      : [['Metrics:', `http://${friendly(server.metricsAddress)}/metrics`] as const]),
    ['Persistence:', server.persistence],
    ...(flags.headless ? [] : [['UI:', 'not yet; port 8233 stays closed'] as const]),
  ];
  return [
    `Perdure ${version} (Node ${process.version})`,
    '',
    ...rows.map(([label, value]) => `${label.padEnd(14)}${value}`),
  ];
}

/** The loopback address as people type it. */
function friendly(address: string): string {
  return address.replace(/^(127\.0\.0\.1|\[::1\])(?=:)/, 'localhost');
}
