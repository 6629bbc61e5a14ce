// Starts floods (flood.main.ts) and hears what came of them.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface FloodOptions {
  readonly address: string;
  readonly namespace: string;
  readonly ratePerSecond: number;
  readonly connections: number;
}

/** Since the flood began. */
export interface FloodCounts {
  readonly sent: number;
  /** Due, and not sent because too many calls were open: the server is slow, or the machine. */
  readonly heldBack: number;
  /** Number of the gRPC status, `none` or `broken`. */
  readonly byStatus: Readonly<Record<string, number>>;
}

const file = fileURLToPath(new URL('./flood.main.ts', import.meta.url));

export class Flood {
  counts: FloodCounts = { sent: 0, heldBack: 0, byStatus: {} };
  readonly #child: ChildProcess;

  constructor(options: FloodOptions) {
    this.#child = fork(file, [JSON.stringify(options)], { execPath: process.execPath });
    this.#child.on('message', (counts) => {
      this.counts = counts as FloodCounts;
    });
  }

  /** Holds the flood, or lets it go on as if it had not been held. */
  hold(on: boolean): void {
    this.#child.kill(on ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
