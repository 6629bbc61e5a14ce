import { expect, test } from 'vitest';
import { openLog } from './server-log.ts';
import { asksForTraces, openTracing } from './tracing.ts';

const endpoint = 'http://127.0.0.1:4318';

test.each([
  [{}, false],
  [{ OTEL_SERVICE_NAME: 'mine' }, false],
  [{ OTEL_METRICS_EXPORTER: 'otlp' }, false],
  [{ OTEL_TRACES_EXPORTER: '' }, false],
  [{ OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, false],
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
  [{ OTEL_TRACES_EXPORTER: 'console' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'false' }, true],
])('the environment %j asks for traces: %j', (environment, asked) => {
  expect(asksForTraces(environment)).toBe(asked);
});

test('without being asked there is no tracing to call', async () => {
  expect(await openTracing({}, openLog('never', 'text'))).toBeNull();
});
