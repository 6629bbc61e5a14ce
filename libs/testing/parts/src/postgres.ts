// One PostgreSQL that stores nothing of use. It flushes its writes all the same: what is tested refuses a server that does not.
//
// Traps: PostgreSQL refuses to run as root, so that there it runs as another user who must own the data and may enter the
// folder; its children are in sessions of their own and end when the first process says so, which is why it is asked to end
// by SIGQUIT before it is killed; Debian keeps its programs off PATH.

import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@perdure/testing/free-port';
import { startContainer } from './container.ts';
import { Daemon, portIsOpen } from './daemon.ts';
import {
  type PartDefinition,
  PartMissing,
  type PartSettings,
  type PartStart,
  type RunningPart,
} from './part.ts';

const oldest = 15;
const host = '127.0.0.1';
const startMs = 60_000;
const stopMs = 5_000;
const tries = 3;
const run = promisify(execFile);

/** Settings are those of postgresql.conf. Its superuser is `postgres`, without a password. */
export const postgresPart: PartDefinition = {
  name: 'postgres',
  variable: 'PERDURE_POSTGRES',
  inContainer,
  onMachine,
};

function inContainer({ settings }: PartStart): Promise<RunningPart> {
  return startContainer({
    image: 'postgres:15',
    port: 5432,
    environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
    command: ['postgres', ...optionsOf(settings)],
    // The first time it is a server that only makes the database.
    ready: /ready to accept connections/,
    readyTimes: 2,
    timeoutMs: startMs,
  });
}

function optionsOf(settings: PartSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function onMachine(start: PartStart): Promise<RunningPart> {
  const programs = findPrograms();
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  const data = join(start.folder, 'data');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) {
    chmodSync(start.folder, 0o711);
    chownSync(data, user.uid, user.gid);
  }
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  await run(join(programs, 'initdb'), initdb, { timeout: startMs, cwd: data, ...user });
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(start, join(programs, 'postgres'), data, await freePort(), user);
    } catch (error) {
      if (attempt === tries || !/could not bind/.test(String(error))) throw error;
    }
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

async function startOn(
  { folder, settings }: PartStart,
  command: string,
  data: string,
  port: number,
  user: User | undefined,
): Promise<RunningPart> {
  const wanted = {
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    fsync: 'on',
    shared_buffers: '64MB',
    max_connections: '100',
    ...settings,
  };
  const logFile = join(folder, 'postgres.log');
  const server = await Daemon.start({
    command,
    args: ['-D', data, ...optionsOf(wanted)],
    folder: data,
    logFile,
    ...(user === undefined ? {} : { user }),
  });
  const serves = async (): Promise<boolean> =>
    readFileSync(logFile, 'utf8').includes('ready to accept connections') &&
    (await portIsOpen(host, port));
  const stop = async (): Promise<void> => {
    server.signal('SIGQUIT');
    await server.stop(stopMs);
  };
  try {
    await server.until(serves, 'serve', startMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, port, pids: [server.pid], details: {}, stop };
}

/** The folder of initdb and postgres: on PATH, or where Debian and others put them; the oldest version that will do. */
function findPrograms(): string {
  const versions = '/usr/lib/postgresql';
  const installed = (existsSync(versions) ? readdirSync(versions) : [])
    .map(Number)
    .filter((version) => version >= oldest)
    .toSorted((a, b) => a - b)
    .map((version) => join(versions, String(version), 'bin'));
  const onPath = (process.env['PATH'] ?? '').split(':');
  const found = [...installed, ...onPath].find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
  if (found !== undefined) return found;
  throw new PartMissing(
    `no PostgreSQL ${oldest} in ${versions} or on PATH; Debian's package is postgresql-${oldest}`,
  );
}

function unprivilegedUser(): User {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new PartMissing('PostgreSQL does not run as root, and there is no user postgres or nobody');
}
