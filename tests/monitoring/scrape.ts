// Reads what a server shows to Prometheus.

import type { PerdureServer } from '@perdure/testing/harness';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** http://host:port of the monitoring of a server, from what it printed. */
export async function monitoringUrl(server: PerdureServer): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const [, url] = /^Metrics: +(http:\S+)\/metrics$/m.exec(server.logs) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server printed no address of its metrics:\n${server.logs}`);
}

export async function scrape(url: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return samplesOf(await response.text());
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** Throws on a line that is not of the text format. */
function samplesOf(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, labelText = '', value] = sampleLine.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    const labels = labelText.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g);
    return {
      name,
      labels: Object.fromEntries(Array.from(labels, ([, key = '', text = '']) => [key, text])),
      value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
    };
  });
}

/** The sum over the samples with that name and those labels. */
export function total(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels);
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => wanted.every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
