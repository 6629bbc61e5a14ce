import { type RpcName, type RpcRequestInit, rpcCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { scriptedFrontend } from '../fixtures/scripted-frontend.ts';
import { long } from '../fixtures/spoiled.ts';
import { neverAnswered, validRequests } from '../fixtures/valid-requests.ts';

const frontend = scriptedFrontend();
const inNamespace = frontend.methods.filter(({ scope }) => scope?.over === 'namespace');
const byToken = inNamespace.filter(({ scope }) => scope?.over === 'namespace' && scope.byToken);
const rest = inNamespace.filter((method) => !byToken.includes(method));

function withNamespace(name: string, namespace: string): Uint8Array {
  const rpc = name as RpcName;
  return rpcCodec(rpc).request.encode({
    ...validRequests[rpc],
    namespace,
  } as RpcRequestInit<never>);
}

test.each(inNamespace)('$name of an unknown namespace names it', async ({ name }) => {
  const refusal = await frontend.refusal(name, withNamespace(name, 'nowhere'));
  expect(refusal).toEqual({
    text: 'NOT_FOUND: Namespace nowhere is not found.',
    detail: { kind: 'namespaceNotFound', namespace: 'nowhere' },
  });
});

test.each(rest)('$name needs a namespace', async ({ name }) => {
  const refusal = await frontend.refusal(name, withNamespace(name, ''));
  expect(refusal.text).toBe('INVALID_ARGUMENT: Namespace not set on request.');
});

test.each(byToken.filter(({ name }) => !neverAnswered.has(name)))(
  '$name without a namespace leaves it to the token',
  async ({ name }) => {
    await frontend.ask(name as RpcName, { ...validRequests[name as RpcName], namespace: '' });
    expect(frontend.asked.at(-1)?.routed).toMatchObject({ namespaceId: '', namespace: '' });
  },
);

test.each(inNamespace)('$name of a namespace with a long name says so', async ({ name }) => {
  const refusal = await frontend.refusal(name, withNamespace(name, long));
  expect(refusal.text).toBe('INVALID_ARGUMENT: Namespace length exceeds limit.');
});

test.each(inNamespace)('$name of a deleted namespace is refused', async ({ name }) => {
  const refusal = await frontend.refusal(name, withNamespace(name, 'gone'));
  const starts = name.includes('Start');
  const allowed = starts ? 'Registered' : 'Registered or Deprecated';
  expect(refusal).toEqual({
    text: `FAILED_PRECONDITION: Namespace has invalid state: Deleted. Must be ${allowed}.`,
    detail: {
      kind: 'namespaceInvalidState',
      namespace: 'gone',
      state: 3,
      allowedStates: starts ? [1] : [1, 2],
    },
  });
});

test('a deprecated namespace starts nothing, and the rest goes on', async () => {
  const start = await frontend.refusal(
    'StartWorkflowExecution',
    withNamespace('StartWorkflowExecution', 'old'),
  );
  expect(start.text).toContain('Namespace has invalid state: Deprecated. Must be Registered.');
  await frontend.ask('SignalWorkflowExecution', {
    ...validRequests.SignalWorkflowExecution,
    namespace: 'old',
  });
  expect(frontend.asked.at(-1)?.routed.namespace).toBe('old');
});

test('the service behind gets the id of the namespace, the same in every process', async () => {
  await frontend.ask('DescribeWorkflowExecution', validRequests.DescribeWorkflowExecution);
  expect(frontend.asked.at(-1)?.routed).toMatchObject({
    namespaceId: 'aa529412-221d-5055-af53-015bbc04c5ad',
    namespace: 'default',
  });
});
