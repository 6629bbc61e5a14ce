// When a failed attempt is repeated (wire-contract 3.16): the order of the reasons against it, and the interval.

import { durationUsMax, usPerSecond } from '@perdure/kernel';
import {
  decodeFailure,
  failureCodec,
  RetryState,
  retryPolicyCodec,
  TimeoutType,
} from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { nameOf } from '../event-table.fixture.ts';
import {
  decodePolicy,
  encodePolicy,
  nextAttempt,
  policyProblem,
  settlePolicy,
} from './retry-policy.ts';

type Init = Parameters<typeof failureCodec.encode>[0];
const policyOf = (init: Parameters<typeof retryPolicyCodec.encode>[0]) =>
  retryPolicyCodec.decode(retryPolicyCodec.encode(init));
const failureOf = (init: Init) => decodeFailure(failureCodec.encode(init));
const timeout = (timeoutType: keyof typeof TimeoutType): Init => ({
  timeoutFailureInfo: { timeoutType: TimeoutType[timeoutType] },
});

/** The answer in words: the delay in seconds, or the state. */
function answer(options: {
  policy?: Parameters<typeof retryPolicyCodec.encode>[0];
  failure?: Init;
  attempt?: number;
  expirationUs?: number;
  of?: 'activity' | 'workflow';
}): string {
  const { policy = {}, failure = { applicationFailureInfo: { type: 'T' } } } = options;
  const { attempt = 1, expirationUs = 0, of = 'activity' } = options;
  const found = nextAttempt({
    of,
    policy: settlePolicy(policyOf(policy)),
    failure: failureOf(failure),
    attempt,
    nowUs: 100 * usPerSecond,
    expirationUs: expirationUs * usPerSecond,
  });
  return found.retry ? `${found.delayUs / usPerSecond}s` : nameOf(RetryState, found.state);
}

describe('nextAttempt', () => {
  test.for([
    ['1s', { attempt: 1 }],
    ['8s', { attempt: 4 }],
    ['100s', { attempt: 9 }],
    ['100s', { attempt: 5000 }],
    ['1s', { attempt: 9, policy: { backoffCoefficient: 1 } }],
    [
      '7s',
      { attempt: 9, policy: { initialInterval: { seconds: 3 }, maximumInterval: { seconds: 7 } } },
    ],
    // The failure's own delay goes above the policy's longest.
    ['500s', { failure: { applicationFailureInfo: { nextRetryDelay: { seconds: 500 } } } }],
    ['0s', { failure: { applicationFailureInfo: { nextRetryDelay: {} } } }],
  ] as const)('waits %s', ([wanted, options]) => {
    expect(answer(options)).toBe(wanted);
  });

  test.for([
    ['1s', {}],
    ['1s', { serverFailureInfo: {} }],
    ['NonRetryableFailure', { serverFailureInfo: { nonRetryable: true } }],
    ['NonRetryableFailure', { applicationFailureInfo: { nonRetryable: true } }],
    ['NonRetryableFailure', { applicationFailureInfo: { type: 'Listed' } }],
    ['NonRetryableFailure', { canceledFailureInfo: {} }],
    ['NonRetryableFailure', { terminatedFailureInfo: {} }],
    ['1s', timeout('StartToClose')],
    ['NonRetryableFailure', timeout('Heartbeat')],
    ['Timeout', timeout('ScheduleToStart')],
    ['Timeout', timeout('ScheduleToClose')],
  ] as const)('%s after %o', ([wanted, failure]) => {
    const nonRetryableErrorTypes = ['Listed', 'TemporalTimeout:Heartbeat'];
    expect(answer({ failure, policy: { nonRetryableErrorTypes } })).toBe(wanted);
  });

  test.for([
    ['1s', {}],
    ['3s', { nextRetryDelay: { seconds: 3 } }],
    ['7s', { nextRetryDelay: { seconds: 500 } }],
    ['7s', { nextRetryDelay: {} }],
  ] as const)('of a workflow waits %s, asked by %o', ([wanted, info]) => {
    const policy = { maximumInterval: { seconds: 7 } };
    const failure = { applicationFailureInfo: { type: 'T', ...info } };
    expect(answer({ of: 'workflow', policy, failure })).toBe(wanted);
  });

  test('of a workflow follows no deadline', () => {
    for (const type of ['ScheduleToStart', 'ScheduleToClose'] as const) {
      expect(answer({ of: 'workflow', failure: timeout(type) })).toBe('NonRetryableFailure');
    }
    expect(answer({ of: 'workflow', failure: timeout('StartToClose') })).toBe('1s');
  });

  test('the first reason counts: kind of failure, attempts used, time left', () => {
    const policy = { maximumAttempts: 1 };
    const failure = { applicationFailureInfo: { nonRetryable: true } };
    expect(answer({ policy, failure, expirationUs: 100 })).toBe('NonRetryableFailure');
    expect(answer({ policy, expirationUs: 100 })).toBe('MaximumAttemptsReached');
    expect(answer({ expirationUs: 100 })).toBe('Timeout');
    expect(answer({ expirationUs: 101 })).toBe('1s');
    expect(answer({ policy: { maximumAttempts: 2 }, attempt: 2 })).toBe('MaximumAttemptsReached');
  });
});

describe('settlePolicy', () => {
  test('fills in the defaults of the server', () => {
    const wanted = {
      initialUs: usPerSecond,
      coefficient: 2,
      maximumUs: 100 * usPerSecond,
      maximumAttempts: 0,
      nonRetryableErrorTypes: [],
    };
    expect(settlePolicy(null)).toEqual(wanted);
    expect(settlePolicy(policyOf({ initialInterval: { seconds: 2 } }))).toMatchObject({
      maximumUs: 200 * usPerSecond,
    });
    expect(settlePolicy(policyOf({ initialInterval: { seconds: 1e12 } }))).toMatchObject({
      initialUs: durationUsMax,
      maximumUs: durationUsMax,
    });
    expect(decodePolicy(encodePolicy(settlePolicy(null)))).toEqual(wanted);
  });
});

test('policyProblem leaves a policy of one attempt alone', () => {
  const junk = { initialInterval: { seconds: -1 }, backoffCoefficient: 0.1 };
  expect(policyProblem(policyOf({ ...junk, maximumAttempts: 1 }))).toBeNull();
  expect(policyProblem(policyOf(junk))).not.toBeNull();
  expect(
    policyProblem(policyOf({ nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat'] })),
  ).toBeNull();
});
