// What is counted at one task queue. Those of single workers are counted together: they come and go by the thousand.

import { backlogOf } from '@perdure/core-matching';
import {
  type Counter,
  type GaugeValue,
  type Histogram,
  type Metrics,
  otherValue,
  stickyQueue,
} from '@perdure/ports';
import type { Family, QueueDirectory, ServedQueue } from './queue-directory.ts';

export interface QueueMeters {
  readonly pollSuccess: Counter;
  readonly syncMatches: Counter;
  readonly pollTimeouts: Counter;
  readonly noPoller: Counter;
  readonly pollLatency: Histogram;
  readonly syncMatch: Histogram;
  readonly asyncMatch: Histogram;
  readonly dispatch: Histogram;
  readonly scheduleToStart: Histogram;
}

/** Queues shown one by one at a scrape; what further ones hold is shown as one. */
const queuesShownMax = 1_000;
const usPerSecond = 1e6;

const taskTypes = { workflow: 'Workflow', sticky: 'Workflow', activity: 'Activity' } as const;

export class MatchingMeters {
  readonly #metrics: Metrics;
  readonly #nameOf: (namespaceId: string) => string;
  /** By namespace id: of all queues of single workers. */
  readonly #sticky = new Map<string, QueueMeters>();

  constructor(metrics: Metrics, nameOf: (namespaceId: string) => string) {
    this.#metrics = metrics;
    this.#nameOf = nameOf;
  }

  of(queue: ServedQueue): QueueMeters {
    return (queue.meters ??= this.#find(queue));
  }

  #find({ family, namespaceId, name }: ServedQueue): QueueMeters {
    if (family !== 'sticky') return this.#open(family, namespaceId, name);
    let meters = this.#sticky.get(namespaceId);
    if (meters === undefined) {
      meters = this.#open(family, namespaceId, stickyQueue);
      this.#sticky.set(namespaceId, meters);
    }
    return meters;
  }

  #open(family: Family, namespaceId: string, queue: string): QueueMeters {
    const metrics = this.#metrics;
    const labels = [this.#nameOf(namespaceId), queue, taskTypes[family]];
    return {
      pollSuccess: metrics.counter('poll_success').of(...labels),
      syncMatches: metrics.counter('poll_success_sync').of(...labels),
      pollTimeouts: metrics.counter('poll_timeouts').of(...labels),
      noPoller: metrics.counter('no_poller_tasks').of(...labels),
      pollLatency: metrics.histogram('poll_latency').of(...labels),
      syncMatch: metrics.histogram('syncmatch_latency').of(...labels),
      asyncMatch: metrics.histogram('asyncmatch_latency').of(...labels),
      dispatch: metrics.histogram('task_dispatch_latency').of(...labels),
      scheduleToStart: metrics.histogram('task_schedule_to_start_latency').of(...labels),
    };
  }

  /** Shows at each scrape what the queues hold then. */
  show(queues: QueueDirectory, nowUs: () => number): void {
    const metrics = this.#metrics;
    const shown = (value: (queue: ServedQueue) => number, join = add): (() => GaugeValue[]) => {
      return () => this.#valuesOf(queues, value, join);
    };
    const ageUs = ({ tasks }: ServedQueue): number => {
      const { count, oldestAtUs } = backlogOf(tasks);
      return count === 0 ? 0 : Math.max(0, nowUs() - oldestAtUs) / usPerSecond;
    };
    metrics.pull(
      'approximate_backlog_count',
      shown(({ tasks }) => tasks.waiting.items.length),
    );
    metrics.pull('approximate_backlog_age_seconds', shown(ageUs, Math.max));
    metrics.pull(
      'pending_polls',
      shown(({ tasks }) => tasks.pollCount),
    );
    metrics.pull('loaded_task_queue_count', () => {
      const counts = { Workflow: 0, Activity: 0 };
      for (const { family } of queues.all()) counts[taskTypes[family]] += 1;
      return Object.entries(counts).map(([type, value]) => ({ labels: [type], value }));
    });
  }

  #valuesOf(
    queues: QueueDirectory,
    value: (queue: ServedQueue) => number,
    join: (a: number, b: number) => number,
  ): GaugeValue[] {
    const values = new Map<string, GaugeValue>();
    for (const queue of queues.all()) {
      const { family, namespaceId, name } = queue;
      const full = values.size >= queuesShownMax;
      const shownName = family === 'sticky' ? stickyQueue : full ? otherValue : name;
      const labels = [this.#nameOf(namespaceId), shownName, taskTypes[family]];
      const key = labels.join('\0');
      const before = values.get(key)?.value;
      const now = value(queue);
      values.set(key, { labels, value: before === undefined ? now : join(before, now) });
    }
    return [...values.values()];
  }
}

const add = (a: number, b: number): number => a + b;
