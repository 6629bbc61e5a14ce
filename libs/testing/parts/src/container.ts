// Containers of parts, through testcontainers. It is loaded only where a container runtime seems to be: loading it is slow.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { PartAddress, RunningPart } from './part.ts';

export interface ContainerStart {
  readonly image: string;
  /** The port inside; the same one outside when `samePort`, else any. */
  readonly port: number;
  /** For servers that tell clients their own address, as Kafka and Cassandra do. */
  readonly samePort?: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** What its log says when it serves. */
  readonly ready: RegExp;
  /** How often it says so until it does; 1 if absent. */
  readonly readyTimes?: number;
  /** In place of the image's own. */
  readonly command?: readonly string[];
  readonly timeoutMs: number;
  readonly details?: PartAddress['details'];
}

/** Whether a container runtime answers. */
export async function containersAnswer(): Promise<boolean> {
  const sockets = [
    '/var/run/docker.sock',
    join(process.env['XDG_RUNTIME_DIR'] ?? '/run/user/0', 'docker.sock'),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
  ];
  if ((process.env['DOCKER_HOST'] ?? '') === '' && !sockets.some((path) => existsSync(path))) {
    return false;
  }
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

export async function startContainer(start: ContainerStart): Promise<RunningPart> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { port, timeoutMs } = start;
  const container = await new GenericContainer(start.image)
    .withEnvironment(start.environment)
    .withExposedPorts(start.samePort === true ? { container: port, host: port } : port)
    .withWaitStrategy(Wait.forLogMessage(start.ready, start.readyTimes ?? 1))
    .withCommand([...(start.command ?? [])])
    .withStartupTimeout(timeoutMs)
    .start();
  return {
    host: container.getHost(),
    port: container.getMappedPort(port),
    pids: [],
    details: start.details ?? {},
    stop: async () => {
      await container.stop({ timeout: 0 });
    },
  };
}
