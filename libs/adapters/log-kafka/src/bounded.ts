// Bounded time for what a client library promises (C5): kafkajs can wait longer than its own time-outs say.

/** The answer of `work`, or a rejection with TookTooLong after `timeoutMs`; what comes of it later is then of no interest. */
export function bounded<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TookTooLong(timeoutMs)), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
  constructor(timeoutMs: number) {
    super(`no answer in ${timeoutMs} ms`);
  }
}
