// While a world lives, nothing in it can reach a real timer, clock, socket, thread or source of randomness: each of them
// throws, and is remembered, so that a world in which somebody swallowed the error is no proof either.

import crypto from 'node:crypto';
import http2 from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import workers from 'node:worker_threads';

type Members = Record<string, unknown>;

/** What is taken away: the owner of each member, and its names. */
const taken: readonly (readonly [owner: object, names: readonly string[]])[] = [
  [globalThis, ['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'WebSocket']],
  [Date, ['now']],
  [performance, ['now']],
  [Math, ['random']],
  [globalThis.crypto, ['randomUUID', 'getRandomValues']],
  [crypto, ['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync']],
  [process, ['hrtime']],
  [net, ['connect', 'createConnection', 'createServer']],
  [http2, ['connect', 'createServer', 'createSecureServer']],
  [workers, ['Worker']],
];

export class RealityReached extends Error {
  override readonly name = 'RealityReached';
}

/** Runs the work without them; rejects with RealityReached if any of them was reached. */
export async function withoutReality<T>(work: () => Promise<T>): Promise<T> {
  const reached = new Set<string>();
  const restores = taken.map(([owner, names]) => takeAway(owner as Members, names, reached));
  syncBuiltinESMExports();
  try {
    const result = await work();
    if (reached.size > 0) throw new RealityReached(`the world reached ${[...reached].join(', ')}`);
    return result;
  } finally {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  }
}

function takeAway(owner: Members, names: readonly string[], reached: Set<string>): () => void {
  const descriptors = names.map(
    (name) => [name, Object.getOwnPropertyDescriptor(owner, name)] as const,
  );
  for (const name of names) {
    const refuse = (): never => {
      reached.add(
        `${name} at ${new Error(name).stack?.split('\n')[2]?.trim() ?? 'an unknown place'}`,
      );
      throw new RealityReached(`simulated code called ${name}`);
    };
    Object.defineProperty(owner, name, { configurable: true, writable: true, value: refuse });
  }
  return () => {
    for (const [name, descriptor] of descriptors) {
      if (descriptor === undefined) delete owner[name];
      else Object.defineProperty(owner, name, descriptor);
    }
  };
}
