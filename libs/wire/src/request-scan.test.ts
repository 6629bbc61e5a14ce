// The scan of requests takes what a protobuf decoder takes, and finds what is wrong inside user data too.

import { createRequire } from 'node:module';
import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { DecodeFault } from './decode-fault.ts';
import { rpcCodec } from './messages.ts';
import { scanRequest } from './request-scan.ts';

// The published root, untouched: what a client encodes with.
const published = createRequire(import.meta.url)('@temporalio/proto').temporal.api as {
  workflowservice: { v1: Record<string, protobuf.Type> };
};
const start = published.workflowservice.v1['StartWorkflowExecutionRequest'] as protobuf.Type;
const typeName = 'temporal.api.workflowservice.v1.StartWorkflowExecutionRequest';
const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"ü"') };
const request = {
  namespace: 'default',
  workflowId: 'wörk-🚀',
  input: { payloads: [payload, payload] },
  memo: { fields: { note: payload } },
  header: { fields: { trace: payload } },
  searchAttributes: { indexedFields: { a: payload } },
  retryPolicy: { backoffCoefficient: 2.5, nonRetryableErrorTypes: ['x', 'y'] },
  userMetadata: { summary: payload },
  links: [{ workflowEvent: { namespace: 'n', eventRef: { eventId: 7 } } }],
};
const bytes = start.encode(request).finish();
const scan = (candidate: Uint8Array, fieldsMax = 1000): void =>
  scanRequest(typeName, candidate, fieldsMax);

describe('scan of a request', () => {
  it('takes what a client encodes', () => {
    expect(() => scan(bytes)).not.toThrow();
    expect(() => scan(new Uint8Array(0))).not.toThrow();
  });

  it('takes fields it does not know', () => {
    const unknown = Uint8Array.of(0xfa, 0x3f, 2, 1, 2, 0xf8, 0x3f, 0x96, 1);
    expect(() => scan(Buffer.concat([bytes, unknown]))).not.toThrow();
  });

  it.each([
    ['a payload that is none', { input: Uint8Array.of(0x0a, 3, 0x0a, 9, 1) }],
    ['a wrong wire type inside a payload', { input: Uint8Array.of(0x0a, 2, 0x10, 1) }],
    ['a memo whose key is not UTF-8', { memo: Uint8Array.of(0x0a, 4, 0x0a, 2, 0xc3, 0x28) }],
    ['a memo that is cut off', { memo: Uint8Array.of(0x0a, 200) }],
    ['a header that ends in a tag', { header: Uint8Array.of(0x0a) }],
  ])('refuses %s', (_what, fields) => {
    const hostile = rpcCodec('StartWorkflowExecution').request.encode(fields);
    expect(() => scan(hostile)).toThrow(DecodeFault);
  });

  it.each([
    ['overlong', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['cut off', [0xe2, 0x82]],
  ])('refuses text that is %s', (_what, text) => {
    expect(() => scan(Uint8Array.from([0x12, text.length, ...text]))).toThrow('not valid UTF-8');
  });

  it('stops at the bound of fields, those of user data counted', () => {
    const many = start.encode({ input: { payloads: Array.from({ length: 500 }, () => ({})) } });
    expect(() => scan(many.finish(), 400)).toThrow('too many fields');
  });

  it('stops at a failure nested without end', () => {
    // Field 4 of a Failure is its cause; the request has its failure in field 3.
    let failure: number[] = [];
    for (let depth = 0; depth < 40; depth++) failure = [0x22, failure.length, ...failure];
    for (let depth = 0; depth < 200; depth++) {
      const { length } = failure;
      failure = [0x22, (length & 0x7f) | 0x80, length >> 7, ...failure];
    }
    const { length } = failure;
    const deep = Uint8Array.from([0x1a, (length & 0x7f) | 0x80, length >> 7, ...failure]);
    const name = 'temporal.api.workflowservice.v1.RespondWorkflowTaskFailedRequest';
    expect(() => scanRequest(name, deep, 100_000)).toThrow('nested deeper');
  });

  it('refuses, and never takes, what the published decoder refuses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const mutated = Uint8Array.from(bytes);
          for (const [at, value] of changes) mutated[at] = value;
          let taken = true;
          try {
            scan(mutated, 100_000);
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeFault);
            taken = false;
          }
          if (taken) expect(() => start.decode(mutated)).not.toThrow();
        },
      ),
      { numRuns: 3000 },
    );
  });
});
