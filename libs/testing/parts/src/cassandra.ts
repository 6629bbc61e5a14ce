// One Cassandra node of a ring of its own, that stores nothing of use.
//
// Its files are in memory where the machine lets them: truncations and changes of the schema wait for the disk otherwise, a
// third of a second each.
//
// Traps: it needs the platform's own modules opened to it, and the jamm agent; its address is a loopback address and every port
// is ours, since the defaults may be taken; without `storage_compatibility_mode: NONE` it keeps to the bounds of version 4.

import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@perdure/testing/free-port';
import { startContainer } from './container.ts';
import { Daemon } from './daemon.ts';
import { type JarSet, mavenJars, requireJava } from './maven-jars.ts';
import type { PartDefinition, PartSettings, PartStart, RunningPart } from './part.ts';

const version = '5.0.8';
const host = '127.0.0.1';
const startMs = 150_000;
const tries = 3;
const heap = '512m';
/** Room for its files: the commit log is most of it. */
const memoryBytes = 1024 * 1024 * 1024;
/** Of a ring without racks: what clients call local. */
const details = { dataCenter: 'datacenter1' };

const jars: JarSet = {
  name: 'cassandra',
  version,
  artifacts: [{ group: 'org.apache.cassandra', artifact: 'cassandra-all', version }],
};

/** Settings are lines of cassandra.yaml. */
export const cassandraPart: PartDefinition = {
  name: 'cassandra',
  variable: 'PERDURE_CASSANDRA',
  inContainer: () =>
    startContainer({
      image: `cassandra:${version}`,
      port: 9042,
      environment: { MAX_HEAP_SIZE: heap, HEAP_NEWSIZE: '128m', CASSANDRA_NUM_TOKENS: '1' },
      ready: /Starting listening for CQL clients/,
      timeoutMs: startMs,
      details,
    }),
  onMachine,
};

async function onMachine(start: PartStart): Promise<RunningPart> {
  await requireJava(17);
  const library = await mavenJars(jars);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(start, library, await freePort(), await freePort());
    } catch (error) {
      if (attempt === tries || !/in use/.test(String(error))) throw error;
    }
  }
}

async function startOn(
  { folder, settings }: PartStart,
  library: string,
  port: number,
  storagePort: number,
): Promise<RunningPart> {
  const inMemory = memoryFolder(folder);
  const at = (name: string): string => join(folder, name);
  const filesAt = (name: string): string => join(inMemory ?? folder, name);
  const remove = (): void => {
    if (inMemory !== null) rmSync(inMemory, { recursive: true, force: true });
  };
  for (const name of ['data', 'commitlog']) mkdirSync(filesAt(name), { recursive: true });
  mkdirSync(at('temporary'), { recursive: true });
  const lines = Object.entries({ ...nodeSettings(filesAt, port, storagePort), ...settings });
  writeFileSync(at('cassandra.yaml'), lines.map(([name, value]) => `${name}: ${value}\n`).join(''));
  writeFileSync(at('logback.xml'), logging);
  const agent = readdirSync(library).find((name) => /^jamm-.*\.jar$/.test(name));
  const node = await Daemon.start({
    command: 'java',
    args: [
      ...openedModules,
      `-javaagent:${join(library, agent ?? 'jamm.jar')}`,
      `-Xms${heap}`,
      `-Xmx${heap}`,
      '-XX:MaxDirectMemorySize=256m',
      // A short life: it takes 8 s of CPU to serve, and 14 with the second compiler and the parallel collector.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-XX:+ExitOnOutOfMemoryError',
      '-Xss256k',
      '-Djdk.attach.allowAttachSelf=true',
      '-Dio.netty.tryReflectionSetAccessible=true',
      '-Djava.net.preferIPv4Stack=true',
      `-Djava.io.tmpdir=${at('temporary')}`,
      `-Dcassandra.config=file://${at('cassandra.yaml')}`,
      `-Dcassandra.storagedir=${filesAt('data')}`,
      `-Dcassandra.logdir=${folder}`,
      `-Dlogback.configurationFile=${at('logback.xml')}`,
      '-Dcassandra-foreground=yes',
      '-Dcassandra.ring_delay_ms=100',
      '-Dcassandra.skip_wait_for_gossip_to_settle=0',
      '-cp',
      join(library, '*'),
      'org.apache.cassandra.service.CassandraDaemon',
    ],
    folder,
    logFile: at('node.log'),
  });
  try {
    await node.listening(host, port, startMs);
  } catch (error) {
    await node.stop();
    remove();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await node.stop();
    remove();
  };
  return { host, port, pids: [node.pid], details, stop };
}

/** A folder of the machine's memory, for the part's own; null: there is none, or too little room in it. */
function memoryFolder(folder: string): string | null {
  const shared = '/dev/shm';
  const prefix = 'perdure-cassandra-';
  if (!existsSync(shared)) return null;
  for (const name of readdirSync(shared)) {
    if (!name.startsWith(prefix)) continue;
    // Left behind by a keeper that was killed: the part's own folder has gone since.
    const owner = Buffer.from(name.slice(prefix.length), 'base64url').toString();
    if (!existsSync(owner)) rmSync(join(shared, name), { recursive: true, force: true });
  }
  const { bavail, bsize } = statfsSync(shared);
  if (bavail * bsize < memoryBytes) return null;
  return join(shared, `${prefix}${Buffer.from(folder).toString('base64url')}`);
}

function nodeSettings(
  filesAt: (name: string) => string,
  port: number,
  storagePort: number,
): PartSettings {
  return {
    cluster_name: 'perdure-test',
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    num_tokens: '1',
    initial_token: '0',
    auto_bootstrap: 'false',
    endpoint_snitch: 'SimpleSnitch',
    seed_provider: `[{class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{seeds: "${host}:${storagePort}"}]}]`,
    listen_address: host,
    rpc_address: host,
    storage_port: String(storagePort),
    native_transport_port: String(port),
    data_file_directories: `["${filesAt('data')}"]`,
    commitlog_directory: filesAt('commitlog'),
    storage_compatibility_mode: 'NONE',
    paxos_variant: 'v2',
    commitlog_sync: 'periodic',
    commitlog_sync_period: '10000ms',
    commitlog_segment_size: '32MiB',
    commitlog_total_space: '256MiB',
    memtable_heap_space: '64MiB',
    memtable_offheap_space: '64MiB',
    file_cache_size: '32MiB',
    networking_cache_size: '32MiB',
    key_cache_size: '8MiB',
    concurrent_reads: '16',
    concurrent_writes: '16',
    concurrent_compactors: '1',
    // A dropped or truncated table leaves nothing behind.
    auto_snapshot: 'false',
  };
}

const opened = {
  exports: [
    'java.base/jdk.internal.misc java.management.rmi/com.sun.jmx.remote.internal.rmi',
    'java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.sql/java.sql java.base/java.lang.ref',
    'jdk.unsupported/sun.misc jdk.compiler/com.sun.tools.javac.file jdk.attach/sun.tools.attach',
  ],
  opens: [
    'java.base/java.lang.module java.base/jdk.internal.loader java.base/jdk.internal.ref',
    'java.base/jdk.internal.reflect java.base/jdk.internal.math java.base/jdk.internal.module',
    'java.base/jdk.internal.util.jar java.base/sun.nio.ch java.base/java.io java.base/java.nio',
    'java.base/java.lang.reflect java.base/java.lang java.base/java.util',
    'java.base/java.util.concurrent java.base/java.util.concurrent.atomic',
    'jdk.management/com.sun.management.internal jdk.compiler/com.sun.tools.javac',
  ],
};

const openedModules = Object.entries(opened).flatMap(([how, names]) =>
  names.flatMap((line) =>
    line.split(' ').flatMap((name) => [`--add-${how}`, `${name}=ALL-UNNAMED`]),
  ),
);

const logging = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
`;
