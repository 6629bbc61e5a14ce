import { expect, test } from 'vitest';
import { boolPeek, textPeek } from './field-peek.ts';
import { rpcCodec } from './messages.ts';

const prefix = 'temporal.api.workflowservice.v1';
const start = rpcCodec('StartWorkflowExecution').request;
const read = textPeek(start.typeName, 'namespace') as (bytes: Uint8Array) => string;

test('textPeek finds the field wherever it stands, with every kind of field around it', () => {
  const request = start.encode({
    namespace: 'äöü 🚀',
    workflowId: 'w',
    input: new Uint8Array([0xba, 0x3e, 2, 1, 2]),
    workflowIdReusePolicy: 2,
    workflowTaskTimeout: { seconds: 2 ** 40 },
  });
  expect(read(request)).toBe('äöü 🚀');
  const report = rpcCodec('RespondActivityTaskCompleted').request;
  const peek = textPeek(report.typeName, 'namespace');
  const bytes = report.encode({ namespace: 'n', taskToken: new Uint8Array(300), identity: 'i' });
  expect(peek?.(bytes)).toBe('n');
});

test('textPeek takes the last occurrence, as decoding does', () => {
  const twice = Buffer.concat([
    start.encode({ namespace: 'first', workflowId: 'w' }),
    start.encode({ namespace: 'second' }),
  ]);
  expect(read(twice)).toBe('second');
  expect(start.decode(twice).namespace).toBe('second');
});

test.each([
  [''],
  ['0aff'],
  ['0a05616263'],
  ['0a'],
  ['ffffffffffffffffffffffff'],
  ['0a036162630b'],
  ['09aa'],
  ['08'],
])('textPeek of the bytes %s, which are no message, is empty', (hex) => {
  expect(read(Buffer.from(hex, 'hex'))).toBe('');
});

test('textPeek skips numbers of fixed length and fields it does not know', () => {
  const bytes = Buffer.from(`${'0a016e'}f93e0102030405060708${'fd3e01020304'}`, 'hex');
  expect(read(bytes)).toBe('n');
});

test('boolPeek reads a flag; there is no peek at a field of another type or name', () => {
  const history = rpcCodec('GetWorkflowExecutionHistory').request;
  const waits = boolPeek(history.typeName, 'waitNewEvent');
  expect(waits?.(history.encode({ namespace: 'n', waitNewEvent: true }))).toBe(true);
  expect(waits?.(history.encode({ namespace: 'n' }))).toBe(false);
  expect(boolPeek(history.typeName, 'namespace')).toBeNull();
  expect(textPeek(history.typeName, 'waitNewEvent')).toBeNull();
  expect(textPeek(`${prefix}.GetSystemInfoRequest`, 'namespace')).toBeNull();
});
