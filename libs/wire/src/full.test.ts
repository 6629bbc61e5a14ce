import { temporal } from '@temporalio/proto';
import { expect, test } from 'vitest';
import { DecodeFault } from './decode-fault.ts';
import { fullCodec, fullEnum, fullRpcCodec, fullType } from './full.ts';

const utf8 = new TextEncoder();
const hello = { metadata: { encoding: utf8.encode('json/plain') }, data: utf8.encode('"hello"') };

test('fullCodec decodes what the published messages encode, user data too', () => {
  const event = temporal.api.history.v1.HistoryEvent.encode({
    eventId: 7 as never,
    eventType: 1,
    workflowExecutionStartedEventAttributes: {
      input: { payloads: [hello] },
      memo: { fields: { key: hello } },
      header: { fields: { trace: hello } },
      continuedFailure: { message: 'one', cause: { message: 'two' } },
    },
  }).finish();
  const codec = fullCodec<temporal.api.history.v1.IHistoryEvent>(
    'temporal.api.history.v1.HistoryEvent',
  );
  const decoded = codec.decode(event);
  const attributes = decoded.workflowExecutionStartedEventAttributes;
  expect(decoded.eventId).toBe(7);
  expect(attributes?.input?.payloads[0]?.data).toEqual(Buffer.from('"hello"'));
  expect(attributes?.memo?.fields['key']?.data).toEqual(Buffer.from('"hello"'));
  expect(attributes?.header?.fields['trace']?.data).toEqual(Buffer.from('"hello"'));
  expect(attributes?.continuedFailure?.cause?.message).toBe('two');
  expect(attributes?.lastCompletionResult).toBeNull();
});

test('fullRpcCodec encodes what the published messages decode', () => {
  const bytes = fullRpcCodec('StartWorkflowExecution').request.encode({
    workflowId: 'order-7',
    workflowRunTimeout: { seconds: 5, nanos: 1 },
    input: { payloads: [hello] },
    userMetadata: { summary: hello },
  });
  const request = temporal.api.workflowservice.v1.StartWorkflowExecutionRequest.decode(bytes);
  expect(request.workflowId).toBe('order-7');
  expect(Number(request.workflowRunTimeout?.seconds)).toBe(5);
  expect(request.input?.payloads?.[0]?.data).toEqual(Buffer.from('"hello"'));
  expect(request.userMetadata?.summary?.data).toEqual(Buffer.from('"hello"'));
});

test('fullCodec throws one error for bytes that are not the message', () => {
  const codec = fullRpcCodec('StartWorkflowExecution').response;
  expect(() => codec.decode(Uint8Array.of(0x0a, 0x7f))).toThrow(DecodeFault);
});

test('fullType and fullEnum refuse unknown names', () => {
  expect(() => fullType('temporal.api.common.v1.Nothing')).toThrow('no such type');
  expect(() => fullEnum('temporal.api.enums.v1.Nothing')).toThrow();
  expect(fullEnum('temporal.api.enums.v1.EventType')['EVENT_TYPE_TIMER_FIRED']).toBe(18);
});
