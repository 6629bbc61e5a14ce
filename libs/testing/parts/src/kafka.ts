// One Kafka broker, controller too, that stores nothing of use.
//
// Traps: Kafka 4.1 logs through log4j 2 and brings neither its core nor the bridge of slf4j 1; a listener's port must be known
// before the start, so that another process may take it meanwhile (hence several tries); topics are not made by themselves.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@perdure/testing/free-port';
import { startContainer } from './container.ts';
import { Daemon, portIsOpen } from './daemon.ts';
import { type JarSet, mavenJars, requireJava } from './maven-jars.ts';
import type { PartDefinition, PartSettings, PartStart, RunningPart } from './part.ts';

const version = '4.1.1';
const host = '127.0.0.1';
const startMs = 90_000;
const tries = 3;
const run = promisify(execFile);

const jars: JarSet = {
  name: 'kafka',
  version,
  artifacts: [
    { group: 'org.apache.kafka', artifact: 'kafka_2.13', version },
    { group: 'org.apache.logging.log4j', artifact: 'log4j-core', version: '2.24.3' },
    { group: 'org.apache.logging.log4j', artifact: 'log4j-slf4j-impl', version: '2.24.3' },
  ],
};

/** The JVM compiles lightly: half the CPU of a start, and slower for ever after. */
const lightly = ['-XX:TieredStopAtLevel=1'];
/** A setting of ours, for those who measure: `true` lets the JVM compile fully. */
export const fullSpeed = 'part.full-speed';

/** Settings are broker properties, and `fullSpeed`. */
export const kafkaPart: PartDefinition = {
  name: 'kafka',
  variable: 'PERDURE_KAFKA',
  inContainer,
  onMachine,
};

async function inContainer({ settings }: PartStart): Promise<RunningPart> {
  const port = await freePort();
  const properties = brokerProperties({
    listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:9093`,
    address: `${host}:${port}`,
    controller: '127.0.0.1:9093',
    settings,
  });
  const environment = Object.entries(properties).map(([name, value]) => [
    `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`,
    value,
  ]);
  return startContainer({
    image: `apache/kafka:${version}`,
    port,
    samePort: true,
    environment: Object.fromEntries(environment) as Record<string, string>,
    ready: /Kafka Server started/,
    timeoutMs: startMs,
  });
}

async function onMachine(start: PartStart): Promise<RunningPart> {
  await requireJava(17);
  const library = await mavenJars(jars);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(start, library, await freePort(), await freePort());
    } catch (error) {
      if (attempt === tries || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOn(
  { folder, settings }: PartStart,
  library: string,
  port: number,
  controllerPort: number,
): Promise<RunningPart> {
  const at = (name: string): string => join(folder, name);
  for (const name of ['data', 'temporary']) {
    rmSync(at(name), { recursive: true, force: true });
    mkdirSync(at(name));
  }
  const controller = `${host}:${controllerPort}`;
  const properties = {
    ...brokerProperties({
      listeners: `PLAINTEXT://${host}:${port},CONTROLLER://${controller}`,
      address: `${host}:${port}`,
      controller,
      settings,
    }),
    'log.dirs': at('data'),
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(at('broker.properties'), lines.join(''));
  writeFileSync(at('log4j2.properties'), logging);
  const java = (...args: string[]): string[] => [
    `-Dlog4j2.configurationFile=${at('log4j2.properties')}`,
    // Compression codecs unpack native code there.
    `-Djava.io.tmpdir=${at('temporary')}`,
    '-Djava.awt.headless=true',
    ...args,
  ];
  const classes = ['-cp', join(library, '*')];
  const format = [...lightly, '-Xmx128m', ...classes, 'kafka.tools.StorageTool', 'format'];
  await run('java', java(...format, '-t', clusterId(), '-c', at('broker.properties')), {
    timeout: startMs,
  });
  const heap = [
    '-Xms384m',
    '-Xmx384m',
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-XX:+ExitOnOutOfMemoryError',
    ...(settings[fullSpeed] === 'true' ? [] : lightly),
  ];
  const logFile = at('broker.log');
  const broker = await Daemon.start({
    command: 'java',
    args: java(...heap, ...classes, 'kafka.Kafka', at('broker.properties')),
    folder,
    logFile,
  });
  const serves = async (): Promise<boolean> =>
    readFileSync(logFile, 'utf8').includes('Kafka Server started') &&
    (await portIsOpen(host, port));
  try {
    await broker.until(serves, 'serve', startMs);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return { host, port, pids: [broker.pid], details: {}, stop: () => broker.stop() };
}

/** An id as Kafka makes them: 16 bytes. One that begins with '-' would be read as an option. */
function clusterId(): string {
  return `A${randomBytes(16).toString('base64url').slice(1)}`;
}

interface BrokerPlace {
  readonly listeners: string;
  readonly address: string;
  readonly controller: string;
  readonly settings: PartSettings;
}

function brokerProperties({ listeners, address, controller, settings }: BrokerPlace): PartSettings {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${controller}`,
    listeners,
    'advertised.listeners': `PLAINTEXT://${address}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    // Tests cannot wait the six seconds that are the least otherwise.
    'group.min.session.timeout.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.segment.bytes': '67108864',
    'log.cleaner.dedupe.buffer.size': '16777216',
    // Each partition makes two index files of this size.
    'log.index.size.max.bytes': '262144',
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => name !== fullSpeed)),
  };
}

const logging = `rootLogger.level=INFO
rootLogger.appenderRef.o.ref=O
appender.o.type=Console
appender.o.name=O
appender.o.layout.type=PatternLayout
appender.o.layout.pattern=%d %p [%t] %c{1}: %m%n
`;
