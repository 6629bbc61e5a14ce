// The task queues in use, by name. A queue comes with its first offer or poll and goes when it is empty and idle.

import {
  type HeapItem,
  isEmpty,
  newTaskQueue,
  type PollOutcome,
  type TaskQueue,
} from '@perdure/core-matching';
import { PollerLog, pollerShownUs } from './poller-log.ts';
import type { QueueMeters } from './queue-meters.ts';
import type { RateWindow } from './rate-window.ts';

export type Done = (outcome: PollOutcome) => void;

/** A queue with what `describe` tells of it. The rate windows come with their first task. */
export interface ServedQueue extends HeapItem {
  readonly family: Family;
  readonly namespaceId: string;
  readonly name: string;
  /** Come with the first task or answered poll. */
  meters: QueueMeters | null;
  readonly tasks: TaskQueue<Done>;
  readonly pollers: PollerLog;
  added: RateWindow | null;
  dispatched: RateWindow | null;
  usedAtUs: number;
  /** When its tick is due. */
  tickAtUs: number;
}

/** A sticky queue is not the normal queue of the same name. */
export type Family = 'workflow' | 'activity' | 'sticky';

export class QueueDirectory {
  readonly #queues = new Map<string, ServedQueue>();

  get size(): number {
    return this.#queues.size;
  }

  find(family: Family, namespaceId: string, name: string): ServedQueue | undefined {
    return this.#queues.get(`${family}\0${namespaceId}\0${name}`);
  }

  open(family: Family, namespaceId: string, name: string): ServedQueue {
    const key = `${family}\0${namespaceId}\0${name}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = {
        family,
        namespaceId,
        name,
        meters: null,
        tasks: newTaskQueue(family === 'sticky'),
        pollers: new PollerLog(),
        added: null,
        dispatched: null,
        usedAtUs: 0,
        tickAtUs: 0,
        heapIndex: -1,
      };
      this.#queues.set(key, queue);
    }
    return queue;
  }

  all(): Iterable<ServedQueue> {
    return this.#queues.values();
  }

  /** Drops the empty queues that nobody used while a poller would be shown; a sticky one without its worker at once. */
  sweep(nowUs: number): void {
    const shownFromUs = nowUs - pollerShownUs;
    for (const [key, queue] of this.#queues) {
      queue.pollers.forgetBefore(shownFromUs);
      const idle = queue.tasks.workerGone || queue.usedAtUs < shownFromUs;
      if (idle && isEmpty(queue.tasks)) this.#queues.delete(key);
    }
  }
}
