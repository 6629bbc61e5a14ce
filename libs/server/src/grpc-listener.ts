// The sockets under the gRPC server. Opened here and not by grpc-js, which hides why a port cannot be had and takes
// half of the addresses of a name for success.

import { lookup } from 'node:dns/promises';
import { createServer, isIP, type Server, type Socket } from 'node:net';

/** A listener that cannot be had, in one line for the user. */
export class ListenFault extends Error {
  override readonly name = 'ListenFault';
}

export interface Listener {
  readonly port: number;
  /** No new connections; those there are stay. */
  close(): void;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not open the port',
  EADDRINUSE: 'the port is in use by another process',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EAI_AGAIN: 'the name cannot be resolved',
  ENOTFOUND: 'no such host',
};

/** Listens on every address of `host:port`; port 0 takes a free one. Throws ListenFault. */
export async function listen(address: string, accept: (socket: Socket) => void): Promise<Listener> {
  const [, bracketed, plain, portText = ''] =
    /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(portText) > 65_535)
    throw new ListenFault(`cannot listen on ${address}: an address is written host:port`);
  const servers: Server[] = [];
  try {
    const hosts = isIP(host) > 0 ? [host] : await addressesOf(host);
    let port = Number(portText);
    for (const one of hosts) {
      const server = await listenOn(one, port, accept, hosts.length > 1);
      if (server === undefined) continue;
      servers.push(server);
      port = portOf(server);
    }
    return { port, close: () => servers.forEach((server) => server.close()) };
  } catch (cause) {
    for (const server of servers) server.close();
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const reason = reasons[code] ?? (cause as Error).message;
    throw new ListenFault(`cannot listen on ${address}: ${reason}`, { cause });
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

function portOf(server: Server): number {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

/** undefined: one address of several that the machine does not have, as ::1 without IPv6. */
function listenOn(
  host: string,
  port: number,
  accept: (socket: Socket) => void,
  oneOfSeveral: boolean,
): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, accept);
    // Once it listens, an error is one connection that could not be had: its client tries again.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (oneOfSeveral && error.code === 'EADDRNOTAVAIL') resolve(undefined);
      else reject(error);
    });
    server.listen({ host, port, backlog: 1_024 }, () => resolve(server));
  });
}
