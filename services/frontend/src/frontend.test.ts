import { RejectionError, reject } from '@perdure/kernel';
import { StorageFault } from '@perdure/ports';
import { publicMethods, rpcCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { scriptedFrontend } from '../fixtures/scripted-frontend.ts';
import { neverAnswered, validRequests } from '../fixtures/valid-requests.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const operatorService = 'temporal.api.operatorservice.v1.OperatorService';
const describe = 'DescribeWorkflowExecution';
const describeBytes = rpcCodec(describe).request.encode(validRequests[describe]);

test('the table holds every method of the descriptors, and no other', () => {
  const { methods } = scriptedFrontend();
  for (const [service, count] of [
    [workflowService, 123],
    [operatorService, 12],
  ] as const) {
    const names = methods.filter((method) => method.service === service).map(({ name }) => name);
    expect(names).toEqual(publicMethods(service).map(({ name }) => name));
    expect(names).toHaveLength(count);
  }
  expect(methods).toHaveLength(135);
});

test('what is implemented is exactly what the wire has codecs for', () => {
  const { methods } = scriptedFrontend();
  const implemented = methods.filter(({ scope }) => scope !== null).map(({ name }) => name);
  expect(implemented.sort()).toEqual(Object.keys(validRequests).sort());
});

test('a method that is not there yet says so by name', async () => {
  const frontend = scriptedFrontend();
  expect(await frontend.refusal('CreateSchedule', new Uint8Array())).toEqual({
    text: `UNIMPLEMENTED: Method CreateSchedule of ${workflowService} is not implemented by this server version.`,
    detail: undefined,
  });
  expect((await frontend.refusal('CreateNexusEndpoint', new Uint8Array())).text).toBe(
    `UNIMPLEMENTED: Method CreateNexusEndpoint of ${operatorService} is not implemented by this server version.`,
  );
});

test.each(
  (Object.keys(validRequests) as (keyof typeof validRequests)[]).filter(
    (name) => !neverAnswered.has(name),
  ),
)('%s takes a valid request and answers with its message', async (name) => {
  const frontend = scriptedFrontend();
  const workerHeartbeat = [{ workerInstanceKey: 'worker-1' }];
  await frontend.ask('RecordWorkerHeartbeat', { namespace: 'default', workerHeartbeat });
  expect(await frontend.ask(name, validRequests[name])).toBeDefined();
});

test('what the owner answers is what the client gets', async () => {
  const frontend = scriptedFrontend();
  frontend.script(() => Promise.resolve({ runId: 'run', started: true }));
  const response = await frontend.ask(
    'StartWorkflowExecution',
    validRequests.StartWorkflowExecution,
  );
  expect(response).toMatchObject({ runId: 'run', started: true });
});

test('a rejection of the owner passes with its detail', async () => {
  const frontend = scriptedFrontend();
  const detail = { kind: 'notFound' } as const;
  frontend.script(() => Promise.reject(new RejectionError(reject('NOT_FOUND', 'gone', detail))));
  expect(await frontend.refusal(describe, describeBytes)).toEqual({
    text: 'NOT_FOUND: gone',
    detail,
  });
});

test('an unexpected error is masked, and reported under the id the client sees', async () => {
  const frontend = scriptedFrontend();
  const error = new TypeError('secret of the house');
  frontend.script(() => Promise.reject(error));
  const refusal = await frontend.refusal(describe, describeBytes);
  expect(refusal.text).toBe('INTERNAL: something went wrong, please retry (id-1)');
  expect(frontend.bugs).toEqual([{ errorId: 'id-1', method: describe, error }]);
});

test('storage that fails is no error of the request: the client is asked to come again', async () => {
  const frontend = scriptedFrontend();
  const error = new StorageFault('io', 'reading /var/lib/secret failed');
  frontend.script(() => Promise.reject(error));
  const refusal = await frontend.refusal(describe, describeBytes);
  expect(refusal.text).toBe(
    'UNAVAILABLE: storage cannot be used at the moment, please retry (id-1)',
  );
  expect(frontend.bugs).toEqual([{ errorId: 'id-1', method: describe, error }]);
});

test('bytes that a service behind cannot decode are its own bug', async () => {
  const frontend = scriptedFrontend();
  const codec = rpcCodec(describe).response;
  frontend.script(async () => codec.decode(Uint8Array.of(0x0a, 0x09)));
  const refusal = await frontend.refusal(describe, describeBytes);
  expect(refusal.text).toMatch(/^INTERNAL: something went wrong/);
  expect(frontend.bugs).toHaveLength(1);
});

test('a message is cut at 4000 bytes, in whole characters', async () => {
  const frontend = scriptedFrontend();
  const message = `x${'💥'.repeat(2_000)}`;
  frontend.script(() => Promise.reject(new RejectionError(reject('ABORTED', message))));
  const { text } = await frontend.refusal(describe, describeBytes);
  expect(text).toBe(`ABORTED: x${'💥'.repeat(999)}`);
});

test.each([
  ['a field cut off', [0x0a, 0x09, 0x61]],
  ['a group without end', [0x0b]],
  ['a surrogate half in UTF-8', [0x0a, 0x03, 0xed, 0xa0, 0x80]],
  ['a byte that is not UTF-8', [0x0a, 0x01, 0xff]],
  ['field number 0', [0x00]],
])('garbage is an invalid argument: %s', async (_, bytes) => {
  const { text } = await scriptedFrontend().refusal(describe, Uint8Array.from(bytes));
  expect(text).toMatch(/^INVALID_ARGUMENT: not a .*DescribeWorkflowExecutionRequest: /);
});

test('a request of millions of empty messages is refused before it is all decoded', async () => {
  const bytes = new Uint8Array(4 * 1024 * 1024);
  for (let i = 0; i < bytes.length; i += 2) bytes[i] = 0x12;
  const refusal = await scriptedFrontend().refusal('RespondWorkflowTaskCompleted', bytes);
  expect(refusal.text).toMatch(/^RESOURCE_EXHAUSTED: .*the message has too many fields$/);
});

test('list and count carry their parsed query', async () => {
  const frontend = scriptedFrontend();
  const query = 'WorkflowType = "order"';
  await frontend.ask('ListWorkflowExecutions', { namespace: 'default', query });
  await frontend.ask('CountWorkflowExecutions', {
    namespace: 'default',
    query: `${query} GROUP BY ExecutionStatus`,
  });
  const filter = [{ kind: 'system', field: 'WorkflowType', sign: '=', values: ['order'] }];
  expect(frontend.asked.map(({ routed }) => routed)).toMatchObject([
    { filter, groupByStatus: false },
    { filter, groupByStatus: true },
  ]);
});
