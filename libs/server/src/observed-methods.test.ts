import type { PublicCall, PublicMethod } from '@perdure/frontend';
import { type Rejection, RejectionError, reject } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { Metrics } from '@perdure/ports';
import { expect, test } from 'vitest';
import { patientCall } from '../fixtures/in-process.ts';
import { createExposition } from './exposition.ts';
import { observedMethods } from './observed-methods.ts';
import { openLog } from './server-log.ts';

const bytes = new Uint8Array([1, 2, 3]);

/** A method that the frontend would have named the namespace of. */
function observed(
  outcome: () => Promise<Uint8Array>,
  options: { readonly namespace?: string; readonly level?: string } = {},
) {
  const metrics = new Metrics();
  const lines: string[] = [];
  const log = openLog(options.level ?? 'never', 'json', (line) => lines.push(line));
  const handle = (_request: Uint8Array, call: PublicCall): Promise<Uint8Array> => {
    call.namespace = options.namespace ?? '';
    return outcome();
  };
  const method = { service: 's', name: 'QueryWorkflow', scope: null, handle } as PublicMethod;
  const [watched] = observedMethods([method], {
    metrics,
    log,
    tracing: null,
    clock: new ManualClock(),
  });
  const count = async (name: string): Promise<readonly string[]> => {
    const { text } = await createExposition(metrics)();
    return text.split('\n').filter((line) => line.startsWith(`${name}{`));
  };
  return { call: () => (watched as PublicMethod).handle(bytes, { ...patientCall }), count, lines };
}

const failing =
  (rejection: Rejection): (() => Promise<never>) =>
  () =>
    Promise.reject(new RejectionError(rejection));

test('an answer is counted under its method and namespace, and timed', async () => {
  const { call, count } = observed(() => Promise.resolve(bytes), { namespace: 'default' });
  expect(await call()).toBe(bytes);
  await call();
  const labels = 'service_name="frontend",operation="QueryWorkflow",namespace="default"';
  expect(await count('service_requests')).toEqual([`service_requests{${labels}} 2`]);
  expect(await count('service_latency_count')).toEqual([`service_latency_count{${labels}} 2`]);
  expect(await count('service_error_with_type')).toEqual([]);
});

test('a call without a namespace that is known counts under _unknown_', async () => {
  const { call, count } = observed(() => Promise.resolve(bytes));
  await call();
  expect((await count('service_requests'))[0]).toContain('namespace="_unknown_"');
});

test('calls under way are shown as pending until they have ended', async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const { call, count } = observed(() => promise);
  const answer = call();
  expect(await count('service_pending_requests')).toEqual([
    'service_pending_requests{service_name="frontend",operation="QueryWorkflow"} 1',
  ]);
  resolve(bytes);
  await answer;
  expect(await count('service_pending_requests')).toEqual([]);
});

test.each([
  [reject('NOT_FOUND', ''), 'NotFound', ['entity_not_found']],
  [
    reject('NOT_FOUND', '', { kind: 'namespaceNotFound', namespace: 'x' }),
    'NamespaceNotFound',
    ['entity_not_found'],
  ],
  [reject('INVALID_ARGUMENT', ''), 'InvalidArgument', ['invalid_argument']],
  [reject('DEADLINE_EXCEEDED', ''), 'DeadlineExceeded', ['', 'context_timeout']],
  [reject('UNAVAILABLE', ''), 'Unavailable', ['']],
  [reject('INTERNAL', ''), 'Internal', ['']],
  [reject('FAILED_PRECONDITION', '', { kind: 'workflowNotReady' }), 'WorkflowNotReady', []],
  [
    reject('ALREADY_EXISTS', '', {
      kind: 'workflowExecutionAlreadyStarted',
      startRequestId: '',
      runId: '',
      firstExecutionRunId: '',
    }),
    'WorkflowExecutionAlreadyStarted',
    ['execution_already_started'],
  ],
  [
    reject('RESOURCE_EXHAUSTED', '', { kind: 'resourceExhausted', cause: 'BUSY_WORKFLOW' }),
    'ResourceExhausted',
    ['resource_exhausted'],
  ],
] as const)('the rejection %j counts as %s', async (rejection, type, names) => {
  const { call, count } = observed(failing(rejection), { namespace: 'default' });
  await expect(call()).rejects.toThrow(RejectionError);
  expect(await count('service_error_with_type')).toEqual([
    expect.stringContaining(`error_type="serviceerror_${type}"} 1`),
  ]);
  const kinds = ['', 'entity_not_found', 'invalid_argument', 'context_timeout'];
  for (const kind of [...kinds, 'execution_already_started', 'resource_exhausted']) {
    const name = kind === '' ? 'service_errors' : `service_errors_${kind}`;
    expect([kind, (await count(name)).length]).toEqual([
      kind,
      (names as readonly string[]).includes(kind) ? 1 : 0,
    ]);
  }
});

test('the cause of a limit is a label', async () => {
  const { call, count } = observed(
    failing(reject('RESOURCE_EXHAUSTED', '', { kind: 'resourceExhausted', cause: 'RPS_LIMIT' })),
  );
  await expect(call()).rejects.toThrow(RejectionError);
  expect((await count('service_errors_resource_exhausted'))[0]).toContain(
    'resource_exhausted_cause="RPS_LIMIT"',
  );
});

test('at debug each call is a line with its outcome; above, none', async () => {
  const quiet = observed(() => Promise.resolve(bytes), { level: 'info' });
  await quiet.call();
  expect(quiet.lines).toEqual([]);
  const refused = observed(failing(reject('NOT_FOUND', 'no such run')), {
    level: 'debug',
    namespace: 'default',
  });
  await expect(refused.call()).rejects.toThrow('no such run');
  expect(JSON.parse(refused.lines[0] ?? '')).toMatchObject({
    level: 'debug',
    component: 'frontend',
    operation: 'QueryWorkflow',
    namespace: 'default',
    code: 'NOT_FOUND',
    error: 'no such run',
  });
});
