// The metrics in the text form that Prometheus reads.
//
// prom-client is loaded by the first scrape: a server that nobody scrapes does without it, and no start waits for it.

import type { Scrape } from './monitoring-http.ts';

/** What answers a scrape. */
export function createExposition(): () => Promise<Scrape> {
  let opened: Promise<() => Promise<Scrape>> | null = null;
  return async () => {
    opened ??= open();
    const scrape = await opened;
    return scrape();
  };
}

async function open(): Promise<() => Promise<Scrape>> {
  const { default: client } = await import('prom-client');
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}
