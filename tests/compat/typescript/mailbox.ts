// Named messages between a test and the code that a worker of the same process runs for it.
//
// A message may be sent before anybody waits for it. Names hold a workflow id or a random part, so tests never meet.

type Waiter = (value: unknown) => void;

const sent = new Map<string, unknown[]>();
const waiting = new Map<string, Waiter[]>();

export function send(name: string, value?: unknown): void {
  const waiter = waiting.get(name)?.shift();
  if (waiter !== undefined) waiter(value);
  else sent.set(name, [...(sent.get(name) ?? []), value]);
}

export function receive<T>(name: string): Promise<T> {
  const values = sent.get(name) ?? [];
  if (values.length > 0) return Promise.resolve(values.shift() as T);
  return new Promise((resolve) => {
    waiting.set(name, [...(waiting.get(name) ?? []), resolve as Waiter]);
  });
}
