// What failed at the brokers, as the port says it: the place, what kafkajs said, and the cure.

import { StorageFault } from '@perdure/ports';

export function ioFault(what: string, cause: unknown): StorageFault {
  const { message, type } = cause as { message?: string; type?: string };
  const said = type === undefined ? (message ?? String(cause)) : `${type}: ${message}`;
  const cure = 'look at that broker and at the in-sync replicas of the topic';
  return new StorageFault('io', `${what}: ${said}; ${cure}`, { cause });
}
