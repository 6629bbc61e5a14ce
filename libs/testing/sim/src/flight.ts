// A call on its way, and how it fails.

import type { StatusName } from '@perdure/kernel';
import type { AgendaEntry, Host } from './agenda.ts';

export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly code: StatusName;
  /** The server cannot have heard the same call another time, with another outcome. */
  readonly heardOnce: boolean;

  constructor(code: StatusName, message: string, heardOnce: boolean) {
    super(`${code}: ${message}`);
    this.code = code;
    this.heardOnce = heardOnce;
  }
}

/** Methods whose answers can bring a task. */
export const bringsTasks = /^(Poll|RespondWorkflowTaskCompleted|StartWorkflowExecution)/;

/** A heartbeat says what is newest by coming last: a client that repeats an old one after a newer one is at fault itself. */
export const repeatable = (method: string): boolean => method !== 'RecordActivityTaskHeartbeat';

export interface Flight {
  readonly method: string;
  readonly caller: Host;
  /** The process that was there when the call was made. */
  readonly host: Host | null;
  /** It comes twice. */
  doubled: boolean;
  settled: boolean;
  /** The answer is on its way. */
  answered: boolean;
  cancelled: boolean;
  readonly listeners: (() => void)[];
  readonly resolve: (bytes: Uint8Array) => void;
  readonly rejectWith: (fault: CallFailed) => void;
  deadline: AgendaEntry | null;
  /** Times that the server answered it. */
  answers: number;
}
