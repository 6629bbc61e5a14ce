// What a failed call says to the user.

import { type ServiceError, status } from '@grpc/grpc-js';
import { fullCodec, type temporal } from '@perdure/wire/full';

/** A call that the server refused, or that did not reach one. */
export class RpcFault extends Error {
  override readonly name = 'RpcFault';
  readonly code: number;
  /** The run that holds the workflow id, where a start was refused for that. */
  readonly runningId: string | undefined;
  constructor(message: string, code: number, runningId?: string) {
    super(message);
    this.code = code;
    this.runningId = runningId;
  }
}

const detailsKey = 'grpc-status-details-bin';
const alreadyStarted = 'temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure';

interface RpcStatus {
  details?: ({ type_url?: string | null; value?: Uint8Array | null } | null)[] | null;
}

export function rpcFault(error: Error, address: string): RpcFault {
  const { code = status.UNKNOWN, details = '', metadata } = error as Partial<ServiceError>;
  const bytes = metadata?.get(detailsKey)[0];
  const runningId = bytes instanceof Uint8Array ? runIdOf(bytes) : undefined;
  // An answer has headers at least; where none came, nobody answered.
  const answered = Object.keys(metadata?.getMap() ?? {}).length > 0;
  const message = answered ? details : transportMessage(code, details || error.message, address);
  return new RpcFault(message, code, runningId);
}

/** Nobody listens there, or nobody that answers in time. */
export function unreachable(address: string): RpcFault {
  const cure = 'start one with "perdure server start-dev", or name another with --address';
  return new RpcFault(`no server answers at ${address}: ${cure}`, status.UNAVAILABLE);
}

function transportMessage(code: number, details: string, address: string): string {
  if (code === status.UNAVAILABLE) return unreachable(address).message;
  if (code === status.DEADLINE_EXCEEDED) return `the server at ${address} did not answer in time`;
  return details;
}

function runIdOf(bytes: Uint8Array): string | undefined {
  const { details } = fullCodec<RpcStatus>('google.rpc.Status').decode(bytes);
  const found = details.find((detail) => detail.type_url.endsWith(`/${alreadyStarted}`));
  if (found === undefined) return undefined;
  type Detail = temporal.api.errordetails.v1.IWorkflowExecutionAlreadyStartedFailure;
  return fullCodec<Detail>(alreadyStarted).decode(found.value).runId || undefined;
}
