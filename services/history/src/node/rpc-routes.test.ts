import type { RoutedRpc } from '@perdure/ports';
import { type RpcRequestInit, rpcCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { TaskTokens } from '../task-token.ts';
import { forEachRpc, rpcRoutes } from './rpc-routes.ts';

const tokens = new TaskTokens(new Uint8Array(32).fill(7));
const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const task = {
  kind: 1,
  scheduledEventId: 2,
  startedEventId: 3,
  attempt: 1,
  startedTimeUs: 4,
  queryId: '',
};
const taskToken = tokens.make(run, task);
const execution = { workflowId: 'w', runId: 'r' };

/** Every field that names a workflow, and no request id: a request takes those that it has. */
const everything = {
  workflowId: 'w',
  execution,
  workflowExecution: execution,
  taskToken,
} as RpcRequestInit<'StartWorkflowExecution'>;

const names = Object.values(forEachRpc<Record<RoutedRpc, RoutedRpc>>((name) => name));

test.for(names)('%s: the workflow id is found in the request or its token', (name) => {
  const { request } = rpcCodec(name);
  const decoded = request.decode(request.encode(everything as RpcRequestInit<typeof name>));
  const find = rpcRoutes[name].workflow as (routed: unknown, keys: TaskTokens) => object;
  const routed = { namespaceId: 'n', namespace: 'default', request: decoded };
  expect(find(routed, tokens)).toMatchObject({ namespaceId: 'n', workflowId: 'w' });
});

test('a token of another cluster is refused before anybody is asked', () => {
  const foreign = new TaskTokens(new Uint8Array(32).fill(8)).make(run, task);
  const { request } = rpcCodec('RespondActivityTaskCompleted');
  const routed = {
    namespaceId: 'n',
    namespace: 'default',
    request: request.decode(request.encode({ taskToken: foreign })),
  };
  const { workflow } = rpcRoutes.RespondActivityTaskCompleted;
  expect(() => workflow(routed, tokens)).toThrow('Error deserializing task token.');
});

test('what may be asked twice (R1, R2)', () => {
  const repeatable = (requestId: string): string[] =>
    names.filter((name) => {
      const { request } = rpcCodec(name);
      const decoded = request.decode(request.encode({ requestId } as RpcRequestInit<typeof name>));
      return (rpcRoutes[name].repeatable as (decoded: unknown) => boolean)(decoded);
    });
  const always = [
    'DescribeWorkflowExecution',
    'GetWorkflowExecutionHistory',
    'GetWorkflowExecutionHistoryReverse',
    'ResetStickyTaskQueue',
    'RecordActivityTaskHeartbeat',
    'RecordActivityTaskHeartbeatById',
  ];
  const byRequestId = [
    'StartWorkflowExecution',
    'SignalWorkflowExecution',
    'SignalWithStartWorkflowExecution',
    'RequestCancelWorkflowExecution',
  ];
  expect(repeatable('')).toEqual(always);
  expect(repeatable('id').toSorted()).toEqual([...always, ...byRequestId].toSorted());
});
