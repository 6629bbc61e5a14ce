// Task tokens (D4): they name a task, say nothing of any process, and are signed, so that one cannot be made up for
// another namespace or run. Checked against state when they come back, days or restarts later.

import { hash, timingSafeEqual } from 'node:crypto';
import { assert, invalidArgument, RejectionError, type RunKey } from '@perdure/kernel';
import { type Codec, ownCodec } from '@perdure/wire';

/** See proto/perdure/token.proto. */
export interface TaskToken {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** 1 = workflow, 2 = activity, 3 = query. */
  readonly kind: number;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly startedTimeUs: number;
  readonly queryId: string;
}

export const TokenKind = { Workflow: 1, Activity: 2, Query: 3 } as const;

const codec: Codec<TaskToken, TaskToken> = ownCodec('token', 'perdure.token.v1.TaskToken');
const format = 1;
const macBytes = 16;

const undecodable = new RejectionError(invalidArgument('Error deserializing task token.'));

/** Block size of SHA-256, and so of HMAC over it. */
const blockBytes = 64;

/** The key padded to a block, each byte xor-ed: half of HMAC that is the same for every message (RFC 2104). */
function paddedKey(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(blockBytes).fill(pad);
  for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
  return block;
}

export class TaskTokens {
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;

  /** `key`: 16 to 64 random bytes that live as long as the tokens are to. */
  constructor(key: Uint8Array) {
    assert(key.length >= 16 && key.length <= blockBytes, 'a token key has 16 to 64 bytes');
    this.#inner = paddedKey(key, 0x36);
    this.#outer = paddedKey(key, 0x5c);
  }

  make(run: RunKey, task: Omit<TaskToken, keyof RunKey>): Uint8Array {
    const body = codec.encode({
      namespaceId: run.namespaceId,
      workflowId: run.workflowId,
      runId: run.runId,
      kind: task.kind,
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      attempt: task.attempt,
      startedTimeUs: task.startedTimeUs,
      queryId: task.queryId,
    });
    const token = new Uint8Array(1 + macBytes + body.length);
    token[0] = format;
    token.set(body, 1 + macBytes);
    token.set(this.#mac(body), 1);
    return token;
  }

  /**
   * Throws INVALID_ARGUMENT for anything that this server did not make for that namespace. A report may leave its
   * namespace out (empty): then the token's counts (wire-contract 0.2).
   */
  read(bytes: Uint8Array, namespaceId: string): TaskToken {
    const body = bytes.subarray(1 + macBytes);
    if (bytes.length <= 1 + macBytes || bytes[0] !== format) throw undecodable;
    if (!timingSafeEqual(this.#mac(body), bytes.subarray(1, 1 + macBytes))) throw undecodable;
    const token = codec.decode(body);
    if (namespaceId !== '' && token.namespaceId !== namespaceId) {
      throw new RejectionError(
        invalidArgument('Operation requested with a token from a different namespace.'),
      );
    }
    return token;
  }

  /** HMAC-SHA-256 by two one-shot hashes: a sixth of what a Hmac object costs. */
  #mac(body: Uint8Array): Uint8Array {
    const inner = hash('sha256', Buffer.concat([this.#inner, body]), 'buffer');
    return hash('sha256', Buffer.concat([this.#outer, inner]), 'buffer').subarray(0, macBytes);
  }
}
