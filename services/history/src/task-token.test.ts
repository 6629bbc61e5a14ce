// Task tokens: what they carry comes back, and nothing else is taken.

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TaskTokens, TokenKind } from './task-token.ts';

const key = Uint8Array.from({ length: 32 }, (_none, at) => at * 7);
const run = { namespaceId: 'namespace', workflowId: 'workflow', runId: 'run' };
const task = {
  kind: TokenKind.Activity,
  scheduledEventId: 5,
  startedEventId: 0,
  attempt: 3,
  startedTimeUs: 1_790_000_000_000_001,
  queryId: '',
};
const tokens = new TaskTokens(key);
const token = tokens.make(run, task);

describe('task token', () => {
  it('carries the task', () => {
    expect(tokens.read(token, 'namespace')).toMatchObject({ ...run, ...task });
  });

  it('is read for a report that names no namespace', () => {
    expect(tokens.read(token, '')).toMatchObject(run);
  });

  it('is signed with HMAC-SHA-256', () => {
    const mac = createHmac('sha256', key).update(token.subarray(17)).digest().subarray(0, 16);
    expect(Buffer.from(token.subarray(1, 17))).toEqual(mac);
  });

  it('is refused in another namespace', () => {
    expect(() => tokens.read(token, 'other')).toThrow('different namespace');
  });

  it('is refused with any byte changed, cut anywhere, or of another key', () => {
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => tokens.read(changed, 'namespace')).toThrow('Error deserializing task token.');
      expect(() => tokens.read(token.slice(0, at), 'namespace')).toThrow(
        'Error deserializing task token.',
      );
    }
    const others = new TaskTokens(Uint8Array.from(key, (byte) => byte ^ 1));
    expect(() => others.read(token, 'namespace')).toThrow('Error deserializing task token.');
  });
});
