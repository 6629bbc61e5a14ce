// What 10,000 parked polls cost a server in memory, over 20 connections, each poll through gRPC.

import { setTimeout as wait } from 'node:timers/promises';
import { namespace, RawClient } from '@perdure/testing/golden';
import { costOf } from './process-cost.ts';
import { startServer } from './server-process.ts';

const polls = 10_000;
const connections = 20;
/** Sent at once, with a pause behind, as workers come one after the other. */
const slice = 500;

export async function measurePolls(): Promise<{
  readonly polls: number;
  readonly rssGrowthMb: number;
  readonly bytesPerPoll: number;
  readonly serverCpuMsPerPoll: number;
}> {
  const server = await startServer(null);
  const clients = Array.from({ length: connections }, () => new RawClient(server.address));
  for (const client of clients) await client.call('GetSystemInfo', {});
  await wait(1_000);
  const before = costOf(server.pid);
  const leaving = new AbortController();
  const parked: Promise<unknown>[] = [];
  for (let poll = 0; poll < polls; poll++) {
    const client = clients[poll % connections] as RawClient;
    const request = { namespace, taskQueue: { name: `parked-${poll % 100}` }, identity: `${poll}` };
    const options = { timeoutMs: 60_000, signal: leaving.signal };
    parked.push(
      client.call('PollActivityTaskQueue', request, options).catch((ended: unknown) => ended),
    );
    if (poll % slice === slice - 1) await wait(100);
  }
  await clients[0]?.call('GetSystemInfo', {});
  await wait(1_000);
  const after = costOf(server.pid);
  leaving.abort();
  await Promise.all(parked);
  for (const client of clients) client.close();
  await server.stop();
  const grown = after.rssBytes - before.rssBytes;
  return {
    polls,
    rssGrowthMb: Math.round(grown / 1e5) / 10,
    bytesPerPoll: Math.round(grown / polls),
    serverCpuMsPerPoll: Math.round(((after.cpuMs - before.cpuMs) / polls) * 1000) / 1000,
  };
}
