import { expect, test } from 'vitest';
import { transportAskedFor } from './grpc-transport.ts';

test('our own transport serves unless grpc-js is asked for; a wrong name is one line', () => {
  expect(transportAskedFor(undefined)).toBe('http2');
  expect(transportAskedFor('grpc-js')).toBe('grpc-js');
  expect(() => transportAskedFor('http3')).toThrow(
    'PERDURE_TRANSPORT is http2 or grpc-js, not http3',
  );
});
