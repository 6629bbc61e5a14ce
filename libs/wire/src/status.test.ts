import { type RejectionDetail, reject } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { decodeStatus, encodeStatus, statusNumbers } from './status.ts';

const details: readonly RejectionDetail[] = [
  {
    kind: 'workflowExecutionAlreadyStarted',
    startRequestId: 'request',
    runId: 'run',
    firstExecutionRunId: 'first',
  },
  { kind: 'notFound' },
  { kind: 'namespaceNotFound', namespace: 'elsewhere' },
  { kind: 'namespaceNotFound', namespace: '' },
  { kind: 'namespaceInvalidState', namespace: 'old', state: 3, allowedStates: [1, 2] },
  { kind: 'queryFailed', failure: Buffer.from([0x0a, 0x03, 0x62, 0x61, 0x64]) },
  { kind: 'workflowNotReady' },
  {
    kind: 'clientVersionNotSupported',
    clientVersion: '2.0.0',
    clientName: 'temporal-go',
    supportedVersions: '<2.0.0',
  },
  {
    kind: 'serverVersionNotSupported',
    serverVersion: '1.32.0',
    clientSupportedServerVersions: '>=3.0.0',
  },
  { kind: 'resourceExhausted', cause: 'BUSY_WORKFLOW' },
  { kind: 'resourceExhausted', cause: 'SYSTEM_OVERLOADED' },
  { kind: 'resourceExhausted', cause: 'RPS_LIMIT' },
  { kind: 'resourceExhausted', cause: 'RPS_LIMIT', scope: 'system' },
];

test.each(details)('encodeStatus carries the detail %j', (detail) => {
  const rejection = reject('FAILED_PRECONDITION', 'no', detail);
  const decoded = decodeStatus(encodeStatus(rejection));
  expect(decoded).toEqual({ code: statusNumbers.FAILED_PRECONDITION, message: 'no', detail });
});

test('encodeStatus of a rejection without detail carries code and message only', () => {
  const decoded = decodeStatus(encodeStatus(reject('UNAVAILABLE', 'später')));
  expect(decoded).toEqual({ code: 14, message: 'später', detail: undefined });
});

test('encodeStatus names the detail as any client of the public API expects it', () => {
  const bytes = Buffer.from(encodeStatus(reject('NOT_FOUND', '', { kind: 'notFound' })));
  expect(bytes.toString('latin1')).toContain(
    'type.googleapis.com/temporal.api.errordetails.v1.NotFoundFailure',
  );
});

test('decodeStatus of a detail it does not know keeps code and message', () => {
  const known = encodeStatus(reject('NOT_FOUND', 'gone', { kind: 'notFound' }));
  const text = Buffer.from(known).toString('latin1').replace('NotFoundFailure', 'NotKnownFailure');
  expect(decodeStatus(Buffer.from(text, 'latin1'))).toEqual({
    code: 5,
    message: 'gone',
    detail: undefined,
  });
});
