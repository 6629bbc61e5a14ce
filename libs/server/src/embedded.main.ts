// Everything in one process: four services with direct calls, on a local log and SQLite, or in memory.
// The only place, with its siblings *.main.ts, that names adapters.

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { embeddedLayer } from '@perdure/core-dynamic-config';
import type { OpenedHistory } from '@perdure/history';
import { openThreadedLog, segmentFormat } from '@perdure/log-local';
import { MemoryLog } from '@perdure/log-memory';
import { Metrics, StorageFault } from '@perdure/ports';
import {
  createMemoryMetadata,
  createMemoryStore,
  createMemoryVisibility,
} from '@perdure/store-memory';
import {
  copySqliteStore,
  inspectStore,
  openSqliteStore,
  openSqliteVisibility,
  SqliteThread,
  storeFormat,
} from '@perdure/store-sqlite';
import { backupOf } from './backup/backup.ts';
import { formatsWith } from './backup/manifest.ts';
import { pinnable } from './backup/pinned-log.ts';
import { checkStoreIsThere, dataDirectory, tokenKey } from './data-directory.ts';
import { type ConfigSource, openDynamicConfig } from './dynamic-config.ts';
import { createGrpcTransport, transportAskedFor } from './grpc-transport.ts';
import { meterStorage } from './metered-storage.ts';
import { type Monitoring, openMonitoring } from './monitoring.ts';
import { RealClock } from './real-clock.ts';
import { openLog, type ServerLog } from './server-log.ts';
import { openServices, type Storage } from './services.ts';
import { timeOrderedId } from './time-ordered-id.ts';
import { openTracing } from './tracing.ts';

export interface EmbeddedOptions {
  readonly ip: string;
  readonly port: number;
  readonly namespaces: readonly string[];
  /** Registered in each of them: name -> number of IndexedValueType. */
  readonly searchAttributes?: Readonly<Record<string, number>>;
  /** null: everything in memory, gone with the process. */
  readonly dbFilename: string | null;
  /** debug, info, warn, error or never. */
  readonly logLevel: string;
  /** `json`, or anything else for text. */
  readonly logFormat: string;
  readonly sqlitePragmas: Readonly<Record<string, string>>;
  /** Of /metrics, /health and /ready on the same address: 0 takes any free one, null opens none. */
  readonly metricsPort: number | null;
  readonly dynamicConfig: ConfigSource;
}

export interface EmbeddedServer {
  /** host:port that clients connect to. */
  readonly address: string;
  /** host:port of /metrics; null: not opened. */
  readonly metricsAddress: string | null;
  readonly persistence: string;
  readonly history: OpenedHistory;
  /** Ends: no new calls, those under way within the grace, everything into the store. */
  stop(graceMs: number): Promise<void>;
}

/** Exit status after a fault of the storage: a supervisor starts the process again, and it recovers. */
const haltStatus = 70;

/** L11: nothing was acknowledged that is not on disk; nothing more will be. */
function halt(log: ServerLog, fault: Error): never {
  const message = 'storage failed, the server stops without acknowledging anything more';
  log.error(message, { component: 'server', error: fault });
  process.stderr.write(`perdure: storage failed: ${fault.message}\n`);
  process.exit(haltStatus);
}

async function openStorage(
  options: EmbeddedOptions,
  metrics: Metrics,
  onFault: (fault: Error) => void,
): Promise<Storage & { close(): Promise<void> }> {
  const { dbFilename } = options;
  if (dbFilename === null) {
    const [log, store, visibility] = [
      new MemoryLog(),
      createMemoryStore(),
      createMemoryVisibility(),
    ];
    return {
      log,
      store,
      metadata: createMemoryMetadata(),
      visibility,
      tokenKey: randomBytes(32),
      persistence: 'in memory, gone when the server ends (keep it with --db-filename)',
      storeName: 'memory',
      close: () => log.close(),
    };
  }
  const paths = dataDirectory(dbFilename);
  // The log first: it takes the lock of the directory.
  const opened = await openThreadedLog(paths.log, { onFault }).catch((fault: unknown) => {
    throw fault instanceof StorageFault
      ? new StorageFault(fault.kind, `${paths.log}: ${fault.message}`, { cause: fault })
      : fault;
  });
  const log = pinnable(opened);
  metrics.pull('perdure_log_syncs', async () => (await opened.stats()).syncs);
  await checkStoreIsThere(paths, log);
  // Two threads: the store's reads wait for nobody, everything else shares the other one.
  const [writer, reader] = [new SqliteThread(), new SqliteThread()];
  const { sqlitePragmas } = options;
  const store = await openSqliteStore(paths.store, { writer, readers: [reader], sqlitePragmas });
  const visibility = await openSqliteVisibility(paths.visibility, {
    writer,
    readers: [writer],
    sqlitePragmas,
  });
  return {
    log,
    store,
    metadata: store.metadata,
    visibility,
    tokenKey: tokenKey(paths.log),
    persistence: `${paths.store} and ${paths.log}`,
    storeName: 'sqlite',
    backup: backupOf({
      paths,
      log,
      copyStore: (to) => copySqliteStore(paths.store, to),
      appliedOf: appliedOfStore,
      formats: storageFormats,
    }),
    close: async () => {
      await log.close();
      await store.close();
      await visibility.close();
    },
  };
}

const storageFormats = formatsWith({ segment: segmentFormat, store: storeFormat });

function appliedOfStore(path: string): { readonly offset: number } | null {
  const store = inspectStore(path);
  store.close();
  return store.applied;
}

/** Starts a server; rejects with a message of one line when it cannot. */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const log = openLog(options.logLevel, options.logFormat);
  const metrics = new Metrics();
  const { ip, metricsPort: port } = options;
  const monitoring = await openMonitoring({ ip, port, log, metrics });
  try {
    return await serve(options, { log, metrics, monitoring });
  } catch (error) {
    monitoring.close();
    throw error;
  }
}

interface Watchers {
  readonly log: ServerLog;
  readonly metrics: Metrics;
  readonly monitoring: Monitoring;
}

async function serve(
  options: EmbeddedOptions,
  { log, metrics, monitoring }: Watchers,
): Promise<EmbeddedServer> {
  const tracing = await openTracing(process.env, log);
  const onHalt = (fault: Error): void => halt(log, fault);
  const kind = transportAskedFor(process.env['PERDURE_TRANSPORT']);
  const clock = new RealClock();
  const dynamic = await openDynamicConfig({
    source: options.dynamicConfig,
    defaults: embeddedLayer,
    clock,
    log,
  });
  const storage = await openStorage(options, metrics, onHalt);
  meterStorage(storage, metrics, tracing);
  const services = await openServices({
    storage,
    clock,
    config: dynamic.config,
    namespaces: options.namespaces,
    searchAttributes: options.searchAttributes ?? {},
    log,
    metrics,
    tracing,
    owner: `${hostname()}:${process.pid}`,
    // In the order of time: rows of neighbouring runs lie together in the store, which saves a third of its CPU.
    newId: timeOrderedId,
    onHalt,
  });
  const { recovered } = services.history;
  log.info(
    `recovered ${recovered.runs} runs from ${recovered.transitions} transitions of the log and ${recovered.wakeRows} wake rows`,
    { component: 'history' },
  );
  const transport = await createGrpcTransport(services.methods, dynamic.config, clock, kind);
  const port = await transport.start(`${options.ip}:${options.port}`);
  const address = `${options.ip}:${port}`;
  monitoring.setReadiness('serving');
  log.info('the server answers', { component: 'server', address });
  return {
    address,
    metricsAddress: monitoring.address,
    persistence: storage.persistence,
    history: services.history,
    stop: async (graceMs) => {
      log.info('the server ends', { component: 'server', address });
      monitoring.setReadiness('draining');
      const ended = transport.stop(graceMs);
      services.reclaim.stop();
      dynamic.stop();
      services.history.endWaits();
      await services.gateway.drain();
      await ended;
      await services.history.drain();
      services.history.stop();
      await storage.close();
      monitoring.close();
      await tracing?.shutDown();
      log.info('the server has ended', { component: 'server', address });
    },
  };
}
