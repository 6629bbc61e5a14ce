// The main thread's end of one connection to SQLite.
//
// C1. Answers come in the order of the requests; so a queue of callers is all that is kept.
// C2. The end of the thread, whatever the reason, rejects every caller that waits and every later one.
// C3. A connection keeps the process alive only while somebody waits for it.

import type { MessagePort } from 'node:worker_threads';
import { StorageFault } from '@perdure/ports';
import { faultOf } from './sqlite-fault.ts';
import type { Answer, Outcome, Request } from './thread-protocol.ts';

interface Caller {
  readonly resolve: (result: Outcome) => void;
  readonly reject: (error: Error) => void;
}

export class SqliteConnection {
  readonly #path: string;
  readonly #port: MessagePort;
  readonly #waiting: Caller[] = [];
  #ended: StorageFault | null = null;

  constructor(path: string, port: MessagePort) {
    this.#path = path;
    this.#port = port;
    port.on('message', (answer: Answer) => this.#answered(answer));
    port.unref();
  }

  /** Requests without an answer yet. */
  get load(): number {
    return this.#waiting.length;
  }

  /** A buffer is taken over. */
  ask(request: Request): Promise<Outcome> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#waiting.length === 0) this.#port.ref();
    this.#port.postMessage(request, request instanceof ArrayBuffer ? [request] : []);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The thread has ended. */
  end(cause: Error): void {
    if (this.#ended !== null) return;
    const message = `${this.#path}: the thread of SQLite has ended (${cause.message}); restart the server`;
    this.#ended = new StorageFault('io', message, { cause });
    for (const caller of this.#waiting.splice(0)) caller.reject(this.#ended);
    this.#port.close();
  }

  #answered(answer: Answer): void {
    const caller = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#port.unref();
    if (answer !== null && 'fault' in answer) caller?.reject(faultOf(answer.fault));
    else caller?.resolve(answer);
  }
}
