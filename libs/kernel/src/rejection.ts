// Rejections: the answers "no" that belong to the API. Core returns them as values; a service passes them on by
// throwing one RejectionError; the frontend maps them to a gRPC status and its typed detail (wire-contract 0.1).

export type StatusName =
  | 'CANCELLED'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE';

/** Why a limit refused a call: names of `temporal.api.enums.v1.ResourceExhaustedCause` without their prefix. */
export type ExhaustedCause =
  | 'RPS_LIMIT'
  | 'CONCURRENT_LIMIT'
  | 'SYSTEM_OVERLOADED'
  | 'PERSISTENCE_LIMIT'
  | 'BUSY_WORKFLOW';

/** The typed detail of a status: one message of `temporal.api.errordetails.v1`. */
export type RejectionDetail =
  | {
      readonly kind: 'workflowExecutionAlreadyStarted';
      readonly startRequestId: string;
      readonly runId: string;
      /** First run of the chain; empty: not known. */
      readonly firstExecutionRunId: string;
    }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'namespaceNotFound'; readonly namespace: string }
  | { readonly kind: 'namespaceAlreadyExists' }
  | {
      readonly kind: 'namespaceInvalidState';
      readonly namespace: string;
      readonly state: number;
      readonly allowedStates: readonly number[];
    }
  | { readonly kind: 'queryFailed'; readonly failure: Uint8Array }
  | { readonly kind: 'workflowNotReady' }
  | {
      readonly kind: 'clientVersionNotSupported';
      readonly clientVersion: string;
      readonly clientName: string;
      readonly supportedVersions: string;
    }
  | {
      readonly kind: 'serverVersionNotSupported';
      readonly serverVersion: string;
      readonly clientSupportedServerVersions: string;
    }
  | {
      readonly kind: 'resourceExhausted';
      readonly cause: ExhaustedCause;
      /** Whose limit it is, where the cause does not say: by default the namespace's, of a rate or a count. */
      readonly scope?: 'namespace' | 'system';
    };

export interface Rejection {
  readonly code: StatusName;
  readonly message: string;
  readonly detail?: RejectionDetail;
}

export function reject(code: StatusName, message: string, detail?: RejectionDetail): Rejection {
  return detail === undefined ? { code, message } : { code, message, detail };
}

export const invalidArgument = (message: string): Rejection => reject('INVALID_ARGUMENT', message);
export const notFound = (message: string): Rejection =>
  reject('NOT_FOUND', message, { kind: 'notFound' });

/** A rejection on its way out of a service. */
export class RejectionError extends Error {
  override readonly name = 'RejectionError';
  readonly rejection: Rejection;
  constructor(rejection: Rejection, options?: { readonly cause?: unknown }) {
    super(rejection.message, options);
    this.rejection = rejection;
  }
}

/** A value, or the reason why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly rejection: Rejection };

export const accepted = <T>(value: T): Result<T> => ({ ok: true, value });
export const rejected = (
  rejection: Rejection,
): { readonly ok: false; readonly rejection: Rejection } => ({
  ok: false,
  rejection,
});
