// docs/metrics.md: every metric of the catalogue, by area.

import { catalogueAreas, type MetricDefinition } from '@perdure/ports';

export const metricsPath = 'docs/metrics.md';

const head = `# Metrics

Written by \`npm run metrics\` from the catalogue in \`libs/ports/src/metrics\`; a test keeps it up to date.

They are served in Prometheus' text form on \`/metrics\` of the port that \`--metrics-port\` names (any free one unless
given; the server prints it). A metric that the official server has too has the name, unit and labels that it has there,
so that boards made for it show data; labels of things that are not here (partitions, forwarding) are left out. Metrics that
only this server has begin with \`perdure_\`. Durations are in seconds.

Namespaces are those that exist, and \`_unknown_\`. Values that users choose freely (task queues, types of workflows and
activities; marked *) are kept apart up to 1,000 combinations a metric and read \`_other_\` from there on. The queues of single
workers are one: \`__sticky__\`. A metric appears when what it counts has happened once.

Besides these there are the metrics of the process, \`process_*\` and \`nodejs_*\`, as prom-client names them: CPU, memory, the
lag of the event loop, garbage collection.
`;

/** The page as it should be. */
export function renderMetrics(): string {
  const areas = Object.entries(catalogueAreas).map(([area, metrics]) => renderArea(area, metrics));
  return [head, ...areas].join('\n');
}

function renderArea(area: string, metrics: Readonly<Record<string, MetricDefinition>>): string {
  const rows = Object.entries(metrics).map(
    ([name, metric]) =>
      `| \`${name}\` | ${typeOf(metric)} | ${labelsOf(metric)} | ${metric.help} |`,
  );
  return [
    `## ${area}`,
    '',
    '| Name | Type | Labels | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function typeOf({ kind, unit }: MetricDefinition): string {
  return unit === undefined ? kind : `${kind}, ${unit}`;
}

function labelsOf({ labels = [], open = [], constant = {} }: MetricDefinition): string {
  const fixed = Object.entries(constant).map(([name, value]) => `${name}="${value}"`);
  return [...fixed, ...labels.map((name) => (open.includes(name) ? `${name}*` : name))].join(', ');
}
