// The kinds of errors under the names that the official server's metrics give them.

import type { Rejection, RejectionDetail, StatusName } from '@perdure/kernel';

const byDetail: Readonly<Record<RejectionDetail['kind'], string | null>> = {
  workflowExecutionAlreadyStarted: 'WorkflowExecutionAlreadyStarted',
  namespaceNotFound: 'NamespaceNotFound',
  namespaceAlreadyExists: 'NamespaceAlreadyExists',
  namespaceInvalidState: 'NamespaceInvalidState',
  queryFailed: 'QueryFailed',
  workflowNotReady: 'WorkflowNotReady',
  clientVersionNotSupported: 'ClientVersionNotSupported',
  serverVersionNotSupported: 'ServerVersionNotSupported',
  notFound: null,
  resourceExhausted: null,
};

const byCode: Readonly<Record<StatusName, string>> = {
  CANCELLED: 'Canceled',
  INVALID_ARGUMENT: 'InvalidArgument',
  DEADLINE_EXCEEDED: 'DeadlineExceeded',
  NOT_FOUND: 'NotFound',
  ALREADY_EXISTS: 'AlreadyExists',
  PERMISSION_DENIED: 'PermissionDenied',
  RESOURCE_EXHAUSTED: 'ResourceExhausted',
  FAILED_PRECONDITION: 'FailedPrecondition',
  ABORTED: 'Aborted',
  OUT_OF_RANGE: 'OutOfRange',
  UNIMPLEMENTED: 'Unimplemented',
  INTERNAL: 'Internal',
  UNAVAILABLE: 'Unavailable',
};

/** null: something that is not a rejection. */
export function errorType(rejection: Rejection | null): string {
  const { code = 'INTERNAL', detail } = rejection ?? {};
  const named = detail === undefined ? null : byDetail[detail.kind];
  return `serviceerror_${named ?? byCode[code]}`;
}

/** Errors that no caller can help. */
export function isOwnFault(code: StatusName): boolean {
  return code === 'INTERNAL' || code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED';
}
