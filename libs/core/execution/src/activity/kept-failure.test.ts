import { decodeFailure, failureCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { applicationFailure } from '../commands.fixture.ts';
import { cutFailure, lastFailure } from './kept-failure.ts';

const chain = (length: number, message: string): Uint8Array => {
  let failure = applicationFailure('innermost');
  for (let i = 0; i < length; i++) failure = failureCodec.encode({ message, cause: failure });
  return failure;
};

const bytesMax = 4096;

describe('lastFailure', () => {
  test('keeps what has at most 4 KiB as it is', () => {
    const failure = applicationFailure('m'.repeat(4000));
    expect(lastFailure(failure, bytesMax)).toBe(failure);
  });

  test('cuts the rest to 4 KiB and says so; types and texts come first, details are dropped', () => {
    const failure = failureCodec.encode({
      message: 'é'.repeat(3000),
      source: 'sdk',
      stackTrace: 'at x\n'.repeat(2000),
      applicationFailureInfo: { type: 'Test', nonRetryable: true, details: new Uint8Array(9000) },
    });
    const kept = lastFailure(failure, bytesMax);
    expect(kept.length).toBeLessThanOrEqual(4096);
    expect(kept.length).toBeGreaterThan(4000);
    const shown = decodeFailure(kept);
    expect(shown.message).toBe('Failure exceeds size limit.');
    expect(shown.serverFailureInfo?.nonRetryable).toBe(false);
    const cause = decodeFailure(shown.cause);
    expect(cause.applicationFailureInfo).toMatchObject({ type: 'Test', nonRetryable: true });
    expect(cause.message).toMatch(/^é+$/);
    expect(cause.stackTrace).toBe('');
  });
});

describe('cutFailure', () => {
  test('never exceeds the bytes it is given, whatever the shape', () => {
    const shapes = [
      chain(100, ''),
      chain(50, 'x'),
      chain(3, '😀'.repeat(400)),
      failureCodec.encode({ message: 'm'.repeat(5000), serverFailureInfo: { nonRetryable: true } }),
    ];
    for (const shape of shapes) {
      for (const bytesMax of [40, 100, 300, 1000, 4096]) {
        expect(cutFailure(shape, bytesMax).length).toBeLessThanOrEqual(bytesMax);
      }
    }
  });

  test('keeps 20 causes at most, whatever room there is: who reads it may go down by recursion', () => {
    let depth = 0;
    for (let failure = cutFailure(chain(100, 'x'), 1 << 20); failure.length > 0; depth++) {
      failure = decodeFailure(failure).cause;
    }
    expect(depth).toBe(21);
  });

  test('keeps the causes that fit', () => {
    const cut = decodeFailure(cutFailure(chain(2, 'outer'), 1000));
    expect(cut.message).toBe('outer');
    const innermost = decodeFailure(decodeFailure(cut.cause).cause);
    expect(innermost).toMatchObject({
      message: 'innermost',
      applicationFailureInfo: { type: 'Test' },
    });
  });
});
