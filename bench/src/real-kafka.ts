// A broker of a bench's own, and the log opened on it. `PERDURE_KAFKA` is not used: what is measured is a broker beside us.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { type KafkaLogOptions, openKafkaLog } from '@perdure/log-kafka';
import { fullSpeed, kafkaPart, type OwnPart, ownPart } from '@perdure/parts';
import type { CommitLog } from '@perdure/ports';

export interface RealKafka {
  readonly pid: number;
  readonly port: number;
  open(options: Partial<KafkaLogOptions>): Promise<CommitLog>;
  stop(): Promise<void>;
}

export const nowUs = (): number => (performance.timeOrigin + performance.now()) * 1000;

export async function startKafka(): Promise<RealKafka> {
  const own: OwnPart = await ownPart(kafkaPart, { [fullSpeed]: 'true' });
  const { found } = own;
  const pid = found.kind === 'ready' ? found.pids[0] : undefined;
  if (found.kind === 'missing' || pid === undefined) {
    await own.stop();
    throw new Error('this bench needs a broker that is a process of this machine');
  }
  const endOfTurn = (callback: () => void): void => {
    setImmediate(callback);
  };
  return {
    pid,
    port: found.port,
    open: (options) =>
      openKafkaLog({
        brokers: [`${found.host}:${found.port}`],
        clientId: 'perdure-bench',
        topic: `bench-${randomUUID()}`,
        partitionCount: 32,
        recordBytesMax: 1 << 20,
        minInSyncReplicas: 1,
        createWithReplicas: 1,
        clock: { nowUs, endOfTurn },
        ...options,
      }),
    stop: () => own.stop(),
  };
}

/** Where and when something was measured. */
export function circumstances(): Record<string, unknown> {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return {
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+'),
    date: new Date().toISOString(),
    node: process.version,
    machine: { cpus: cpus().length, model: cpus()[0]?.model, load: loadavg() },
  };
}
