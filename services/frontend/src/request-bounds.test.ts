import { LayeredConfig, layerOf, readLayer } from '@perdure/core-dynamic-config';
import { expect, test } from 'vitest';
import { scriptedFrontend } from '../fixtures/scripted-frontend.ts';
import { requestBounds } from './request-bounds.ts';

const execution = { workflowId: 'w' };

test('frontend.historyMaxPageSize and frontend.visibilityMaxPageSize cap what is asked for', async () => {
  const frontend = scriptedFrontend({
    'frontend.historyMaxPageSize': 7,
    'frontend.visibilityMaxPageSize': 9,
  });
  const namespace = 'default';
  const all = { namespace, execution, maximumPageSize: 50 };
  await frontend.ask('GetWorkflowExecutionHistory', all);
  await frontend.ask('GetWorkflowExecutionHistoryReverse', { ...all, maximumPageSize: 0 });
  await frontend.ask('GetWorkflowExecutionHistory', { ...all, maximumPageSize: 3 });
  await frontend.ask('ListWorkflowExecutions', { namespace, pageSize: 50 });
  const sizes = frontend.asked.map(({ routed: { request } }) =>
    'maximumPageSize' in request
      ? request.maximumPageSize
      : 'pageSize' in request && request.pageSize,
  );
  expect(sizes).toEqual([7, 7, 3, 9]);
});

test('limit.blobSize.error and limit.memoSize.error are said to whoever asks for the namespace', async () => {
  const frontend = scriptedFrontend({ 'limit.blobSize.error': 77, 'limit.memoSize.error': 88 });
  const { namespaceInfo } = await frontend.ask('DescribeNamespace', { namespace: 'default' });
  expect(namespaceInfo?.limits).toMatchObject({ blobSizeLimitError: 77, memoSizeLimitError: 88 });
});

test('frontend.enableServerVersionCheck false lets every client in', async () => {
  const from = { clientName: 'temporal-go', clientVersion: '9.0.0' };
  const strict = scriptedFrontend();
  expect((await strict.refusal('GetSystemInfo', new Uint8Array(), from)).text).toContain(
    'Client version 9.0.0 is not supported',
  );
  const lenient = scriptedFrontend({ 'frontend.enableServerVersionCheck': false });
  await lenient.ask('GetSystemInfo', {}, from);
});

test('requestBounds differ by namespace and follow a change', () => {
  const place = 'here';
  const forOne = { namespace: 'one' };
  const { layer } = readLayer([
    { name: 'frontend.historyMaxPageSize', value: 5, constraints: forOne, place },
  ]);
  const config = new LayeredConfig(layer);
  const bounds = requestBounds(config);
  expect(bounds('one').historyPageMax).toBe(5);
  expect(bounds('two').historyPageMax).toBe(256);
  expect(bounds('one')).toBe(bounds('one'));
  config.replace(0, layerOf({ 'frontend.historyMaxPageSize': 6 }));
  expect(bounds('one').historyPageMax).toBe(6);
});
