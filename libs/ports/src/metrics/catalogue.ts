// Every metric of the server itself, with its meaning: docs/metrics.md is made from this table.
//
// Where the official server has a metric of that meaning it has its name and labels, so that boards made for it work
// unchanged; what only this engine has begins with `perdure_`.

import { apiMetrics } from './catalogue-api.ts';
import { engineMetrics } from './catalogue-engine.ts';
import { executionMetrics } from './catalogue-execution.ts';
import { matchingMetrics } from './catalogue-matching.ts';
import type { MetricDefinition, MetricKind } from './definition.ts';

export const catalogue = {
  ...apiMetrics,
  ...executionMetrics,
  ...matchingMetrics,
  ...engineMetrics,
} as const;

/** The same by area, for people. */
export const catalogueAreas: Readonly<Record<string, Readonly<Record<string, MetricDefinition>>>> =
  {
    'The API': apiMetrics,
    'Workflows and activities': executionMetrics,
    'Task queues': matchingMetrics,
    'Log, store and memory': engineMetrics,
  };

type Catalogue = typeof catalogue;
type NamesOf<K extends MetricKind> = {
  [N in keyof Catalogue]: Catalogue[N]['kind'] extends K ? N : never;
}[keyof Catalogue];

export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;
