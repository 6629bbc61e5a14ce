// The opaque descriptors: what a stock client sends comes out of the server as it went in, user data included, and none
// of it is ever made into objects.

import * as proto from '@temporalio/proto';
import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import { describe, expect, test } from 'vitest';
import { opaqueMessages, publicMethods, publicType } from './descriptors.ts';
import { numberReader } from './number-reader.ts';
import { type Plain, publishedType, randomMessage } from './random-message.fixture.ts';

interface Stock {
  encode(message: Plain): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Plain;
}

const service = 'temporal.api.workflowservice.v1.WorkflowService';
const types = [
  ...new Set(
    publicMethods(service).flatMap(({ requestType, responseType }) => [requestType, responseType]),
  ),
];

/** The class that the published package makes of a message. */
function stock(fullName: string): Stock {
  let node: unknown = proto;
  for (const name of fullName.split('.')) node = (node as Record<string, unknown>)[name];
  return node as Stock;
}

/** Sends the bytes through the server: decoded and encoded with the opaque descriptors. */
function through(fullName: string, bytes: Uint8Array): Uint8Array {
  const type = publicType(fullName);
  return type.encode(type.decode(numberReader(bytes))).finish();
}

function shown(fullName: string, bytes: Uint8Array): Plain {
  const { decode, toObject } = stock(fullName);
  return toObject(decode(bytes), { longs: String, bytes: String });
}

const rich = [
  'StartWorkflowExecutionRequest',
  'RespondWorkflowTaskCompletedRequest',
  'RespondWorkflowTaskFailedRequest',
  'RespondActivityTaskFailedRequest',
  'QueryWorkflowResponse',
  'PollWorkflowTaskQueueResponse',
  'GetWorkflowExecutionHistoryResponse',
  'DescribeWorkflowExecutionResponse',
].map((name) => `temporal.api.workflowservice.v1.${name}`);

describe('a stock message goes through the server unchanged', () => {
  const draws = fc.infiniteStream(fc.nat({ max: 2 ** 31 - 1 }));
  const check = (fullName: string, numRuns: number, depth: number): void => {
    fc.assert(
      fc.property(draws, (stream) => {
        const draw = (bound: number): number => (stream.next().value as number) % bound;
        const message = randomMessage(publishedType(fullName), draw, depth);
        const bytes = stock(fullName).encode(message).finish();
        expect(shown(fullName, through(fullName, bytes))).toEqual(shown(fullName, bytes));
      }),
      { numRuns },
    );
  };

  test.for(rich)('%s', (fullName) => check(fullName, 25, 6));

  test('each of WorkflowService', () => {
    for (const fullName of types) check(fullName, 2, 3);
  });
});

test('empty user data that is there does not vanish', () => {
  const fullName = 'temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse';
  const bytes = stock(fullName).encode({ history: {}, workflowType: {} }).finish();
  expect(shown(fullName, through(fullName, bytes))).toMatchObject({
    history: {},
    workflowType: {},
  });
});

test('no opaque message is reachable from WorkflowService: each is bytes, wherever it stands', () => {
  const seen = new Map<protobuf.Type, protobuf.Type>();
  const faults: string[] = [];
  let retyped = 0;
  const walk = (ours: protobuf.Type, theirs: protobuf.Type): void => {
    if (seen.has(ours)) return;
    seen.set(ours, theirs);
    for (const field of ours.fieldsArray) {
      field.resolve();
      const other = theirs.fields[field.name]?.resolve();
      const meant = other?.resolvedType?.fullName.replace(/^\./, '') ?? '';
      const found = field.resolvedType?.fullName.replace(/^\./, '') ?? field.type;
      if (opaqueMessages.has(meant)) retyped += 1;
      const wanted = opaqueMessages.has(meant) ? 'bytes' : meant || field.type;
      if (found !== wanted || field.id !== other?.id) faults.push(`${field.fullName}: ${found}`);
      const next = field.resolvedType;
      if (next instanceof protobuf.Type) walk(next, other?.resolvedType as protobuf.Type);
    }
  };
  for (const fullName of types) walk(publicType(fullName), publishedType(fullName));
  expect(faults).toEqual([]);
  expect(retyped).toBeGreaterThan(100);
  expect(seen.size).toBeGreaterThan(300);
});
