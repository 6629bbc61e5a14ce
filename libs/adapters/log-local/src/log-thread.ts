// The main thread's side of the thread of a log: asks, and hands each answer to whoever waits for it.
//
// 1. The thread answers in the order it was asked; its first answer, unasked, is the report of opening.
// 2. The first failure of an open log ends it: `onFault` is told once, and every later question is rejected with it.
// 3. The thread keeps the process alive while it owes an answer or is being closed, and not otherwise.

import { Worker } from 'node:worker_threads';
import { StorageFault } from '@perdure/ports';
import type { RecoveryReport } from './open-segments.ts';
import {
  errorOf,
  type ThreadAnswer,
  type ThreadMessage,
  type ThreadRequest,
  type ThreadStart,
} from './thread-messages.ts';

interface Waiting {
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class LogThread {
  /** Settles when the log is open, or rejects with the reason why it cannot be. */
  readonly opened: Promise<RecoveryReport>;
  readonly #worker: Worker;
  readonly #onFault: (fault: Error) => void;
  readonly #exited: Promise<void>;
  readonly #waiting: Waiting[] = [];
  #isOpen = false;
  #closed = false;
  #gone = false;
  #fault: Error | null = null;

  constructor(start: ThreadStart, onFault: (fault: Error) => void) {
    this.#onFault = onFault;
    const worker = new Worker(new URL('./local-log.thread.ts', import.meta.url), {
      workerData: start,
      // Options of the process may be about its entry file (`--input-type`) and would stop the thread.
      execArgv: [],
    });
    this.#worker = worker;
    this.opened = this.#wait() as Promise<RecoveryReport>;
    worker.on('message', (message: ThreadMessage) => this.#receive(message));
    worker.on('error', (error) => this.#lose(threadEnded(error)));
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#lose(threadEnded());
        resolve();
      });
    });
  }

  ask(request: ThreadRequest): Promise<ThreadAnswer> {
    if (this.#closed) return Promise.reject(new Error('the log is closed'));
    if (this.#fault !== null) return Promise.reject(this.#fault);
    return this.#send(request);
  }

  /** Ends the thread after everything that was asked before. */
  async close(): Promise<void> {
    const isFirst = !this.#closed;
    this.#closed = true;
    if (isFirst && !this.#gone) await this.#send({ kind: 'close' });
    await this.#exited;
  }

  #send(request: ThreadRequest): Promise<ThreadAnswer> {
    this.#worker.postMessage(request);
    return this.#wait();
  }

  #wait(): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ resolve, reject }) === 1) this.#worker.ref();
    });
  }

  #receive(message: ThreadMessage): void {
    switch (message.kind) {
      case 'done':
        this.#isOpen = true;
        return this.#answered()?.resolve(message.answer);
      case 'failed': {
        const error = errorOf(message.failure);
        if (message.ended) this.#end(error);
        return this.#answered()?.reject(error);
      }
      case 'ended':
        return this.#end(errorOf(message.failure));
    }
  }

  #answered(): Waiting | undefined {
    const first = this.#waiting.shift();
    if (this.#waiting.length === 0 && !this.#closed) this.#worker.unref();
    return first;
  }

  /** The log has failed: nothing asked from here on reaches the thread. */
  #end(fault: Error): void {
    if (this.#fault !== null) return;
    this.#fault = fault;
    if (this.#isOpen && !this.#closed) this.#onFault(fault);
  }

  /** The thread is gone, and with it the answers it owed. */
  #lose(fault: StorageFault): void {
    this.#gone = true;
    this.#end(fault);
    for (const { reject } of this.#waiting.splice(0)) reject(fault);
  }
}

function threadEnded(cause?: unknown): StorageFault {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new StorageFault('io', `the thread of the log ended${reason}. Start again.`, { cause });
}
