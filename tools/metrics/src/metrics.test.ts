import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { metricsPath, renderMetrics } from './page.ts';
import { queryFaults } from './queries.ts';

const root = resolve(import.meta.dirname, '../../..');

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const board = JSON.parse(readFileSync(join(root, 'deploy/grafana/perdure.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const rules = readFileSync(join(root, 'deploy/prometheus/alerts.yml'), 'utf8');

test('the committed page is that of the catalogue (npm run metrics writes it)', () => {
  expect(readFileSync(join(root, metricsPath), 'utf8')).toBe(renderMetrics());
});

const panels = board.panels.filter(({ type }) => type !== 'row');
test.each(panels.map((panel) => [panel.title, panel] as const))(
  'the panel "%s" asks for metrics and labels that there are',
  (_title, { targets = [] }) => {
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.flatMap(({ expr }) => queryFaults(expr))).toEqual([]);
  },
);

test('variables of the board are declared', () => {
  const declared = board.templating.list.map(({ name }) => name);
  const used = [...JSON.stringify(board.panels).matchAll(/\$(\w+)/g)].map(([, name]) => name);
  for (const name of new Set(used)) {
    expect([...declared, '__rate_interval']).toContain(name);
  }
});

const alerts = [...rules.matchAll(/^ {4,}expr: (.*)$/gm)].map(([, expr = '']) => expr);
test('the alerts ask for metrics and labels that there are', () => {
  expect(alerts.length).toBeGreaterThan(5);
  expect(alerts.flatMap(queryFaults)).toEqual([]);
});

test.each([
  ['rate(service_requests{namespace="x"}[1m])', []],
  ['sum by (operation) (rate(service_requests{}[1m]))', []],
  ['rate(service_latency_bucket{}[1m])', []],
  ['rate(service_request{}[1m])', ['there is no metric service_request']],
  ['rate(service_latency{}[1m])', ['there is no metric service_latency']],
  ['rate(service_requests_bucket{}[1m])', ['there is no metric service_requests_bucket']],
  ['service_requests{queue="x"}', ['service_requests has no label queue']],
  ['sum by (queue) (service_requests{})', ['no metric of the expression has a label queue']],
  ['rate(service_requests[1m])', ['no selector with braces in: rate(service_requests[1m])']],
])('queryFaults(%s) = %j', (expression, faults) => {
  expect(queryFaults(expression)).toEqual(faults);
});
