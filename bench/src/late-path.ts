// A way to a broker on which what is sent can come late: also after its sender gave the connection up, and behind what the
// sender then sent on another one.

import { connect, createServer, type Server, type Socket } from 'node:net';

export class LatePath {
  readonly #server: Server;
  readonly #port: number;
  readonly #ways = new Set<Way>();

  static async to(port: number): Promise<LatePath> {
    const ways = new Set<Way>();
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const way = new Way(near, connect({ host: '127.0.0.1', port }));
      ways.add(way);
      way.far.once('close', () => ways.delete(way));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    return new LatePath(server, address.port, ways);
  }

  private constructor(server: Server, port: number, ways: Set<Way>) {
    this.#server = server;
    this.#port = port;
    this.#ways = ways;
  }

  /** For LineOptions. */
  readonly connect = (_place: unknown, connected: () => void): Socket =>
    connect({ host: '127.0.0.1', port: this.#port }, connected);

  /** What goes to the broker on the connections that are there now arrives that much later; new ones are not held. */
  hold(ms: number): void {
    for (const way of this.#ways) way.hold(ms);
  }

  close(): void {
    for (const { near, far } of this.#ways) {
      near.destroy();
      far.destroy();
    }
    this.#server.close();
  }
}

class Way {
  readonly near: Socket;
  readonly far: Socket;
  #held: Buffer[] | null = null;
  #hasEnded = false;

  constructor(near: Socket, far: Socket) {
    this.near = near;
    this.far = far;
    near.on('data', (bytes: Buffer) => {
      if (this.#held === null) far.write(bytes);
      else this.#held.push(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      if (near.writable) near.write(bytes);
    });
    near.on('close', () => this.#nearEnded());
    far.on('close', () => near.destroy());
    near.on('error', () => this.#nearEnded());
    far.on('error', () => near.destroy());
  }

  hold(ms: number): void {
    this.#held ??= [];
    setTimeout(() => {
      for (const bytes of this.#held ?? []) this.far.write(bytes);
      this.#held = null;
      if (this.#hasEnded) this.far.end();
    }, ms);
  }

  #nearEnded(): void {
    this.#hasEnded = true;
    if (this.#held === null) this.far.end();
  }
}
