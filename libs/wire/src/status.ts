// A rejection on the wire: google.rpc.Status, the bytes of the trailer `grpc-status-details-bin`, with one typed detail
// of temporal.api.errordetails.v1 (wire-contract 0.1). Encoded by the server, decoded by clients.

import type { ExhaustedCause, Rejection, RejectionDetail, StatusName } from '@perdure/kernel';
import type { google, temporal } from '@temporalio/proto';
import { type Codec, publicCodec } from './codec.ts';
import { publicEnum } from './descriptors.ts';

/** Numbers of the gRPC status codes. */
export const statusNumbers: Readonly<Record<StatusName, number>> = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
};

/** A status as a client reads it. `detail`: the first detail, if it is one that the kernel knows. */
export interface DecodedStatus {
  readonly code: number;
  readonly message: string;
  readonly detail: RejectionDetail | undefined;
}

type Kind = RejectionDetail['kind'];
type DetailOf<K extends Kind> = Extract<RejectionDetail, { readonly kind: K }>;

/** How one kind of detail is written and read. */
interface DetailForm<K extends Kind> {
  readonly typeName: string;
  encode(detail: DetailOf<K>): Uint8Array;
  decode(bytes: Uint8Array): DetailOf<K>;
}

const errorDetails = 'temporal.api.errordetails.v1';

/** A detail whose fields are those of its message. */
function plain<K extends Kind>(
  kind: K,
  message: string,
  fields: readonly Exclude<keyof DetailOf<K>, 'kind'>[],
): DetailForm<K> {
  const typeName = `${errorDetails}.${message}`;
  const codec = publicCodec(typeName) as unknown as Codec<DetailOf<K>, DetailOf<K>>;
  return {
    typeName,
    encode: (detail) => codec.encode(detail),
    decode: (bytes) => {
      const decoded = codec.decode(bytes);
      const read = fields.map((field) => [field, decoded[field]]);
      return { kind, ...Object.fromEntries(read) } as DetailOf<K>;
    },
  };
}

const causePrefix = 'RESOURCE_EXHAUSTED_CAUSE_';
const systemCauses: ReadonlySet<ExhaustedCause> = new Set([
  'SYSTEM_OVERLOADED',
  'PERSISTENCE_LIMIT',
]);

type Scope = NonNullable<DetailOf<'resourceExhausted'>['scope']>;

/** Numbers of `temporal.api.enums.v1.ResourceExhaustedScope`. */
const scopeNumbers: Readonly<Record<Scope, number>> = { namespace: 1, system: 2 };

const usualScope = (cause: ExhaustedCause): Scope =>
  systemCauses.has(cause) ? 'system' : 'namespace';

function exhausted(): DetailForm<'resourceExhausted'> {
  const typeName = `${errorDetails}.ResourceExhaustedFailure`;
  const codec = publicCodec<temporal.api.errordetails.v1.IResourceExhaustedFailure>(typeName);
  const causes = (): Readonly<Record<string, number>> =>
    publicEnum('temporal.api.enums.v1.ResourceExhaustedCause');
  return {
    typeName,
    encode: ({ cause, scope = usualScope(cause) }) =>
      codec.encode({ cause: causes()[causePrefix + cause], scope: scopeNumbers[scope] }),
    decode: (bytes) => {
      const { cause: number, scope: scopeNumber } = codec.decode(bytes);
      const name = Object.entries(causes()).find(([, candidate]) => candidate === number)?.[0];
      const cause = (name ?? '').slice(causePrefix.length) as ExhaustedCause;
      const scope: Scope = scopeNumber === scopeNumbers.system ? 'system' : 'namespace';
      const kind = 'resourceExhausted';
      return scope === usualScope(cause) ? { kind, cause } : { kind, cause, scope };
    },
  };
}

const forms: { readonly [K in Kind]: DetailForm<K> } = {
  workflowExecutionAlreadyStarted: plain(
    'workflowExecutionAlreadyStarted',
    'WorkflowExecutionAlreadyStartedFailure',
    ['startRequestId', 'runId', 'firstExecutionRunId'],
  ),
  notFound: plain('notFound', 'NotFoundFailure', []),
  namespaceNotFound: plain('namespaceNotFound', 'NamespaceNotFoundFailure', ['namespace']),
  namespaceAlreadyExists: plain('namespaceAlreadyExists', 'NamespaceAlreadyExistsFailure', []),
  namespaceInvalidState: plain('namespaceInvalidState', 'NamespaceInvalidStateFailure', [
    'namespace',
    'state',
    'allowedStates',
  ]),
  queryFailed: plain('queryFailed', 'QueryFailedFailure', ['failure']),
  workflowNotReady: plain('workflowNotReady', 'WorkflowNotReadyFailure', []),
  clientVersionNotSupported: plain(
    'clientVersionNotSupported',
    'ClientVersionNotSupportedFailure',
    ['clientVersion', 'clientName', 'supportedVersions'],
  ),
  serverVersionNotSupported: plain(
    'serverVersionNotSupported',
    'ServerVersionNotSupportedFailure',
    ['serverVersion', 'clientSupportedServerVersions'],
  ),
  resourceExhausted: exhausted(),
};

const typeUrlPrefix = 'type.googleapis.com/';
const statusCodec = publicCodec<google.rpc.IStatus>('google.rpc.Status');

function encodeDetail<K extends Kind>(detail: DetailOf<K>): google.protobuf.IAny {
  const form = forms[detail.kind] as unknown as DetailForm<K>;
  return { type_url: typeUrlPrefix + form.typeName, value: form.encode(detail) };
}

/** The rejection as google.rpc.Status. */
export function encodeStatus(rejection: Rejection): Uint8Array {
  const { code, message, detail } = rejection;
  return statusCodec.encode({
    code: statusNumbers[code],
    message,
    details: detail === undefined ? [] : [encodeDetail(detail)],
  });
}

/** Reads google.rpc.Status. Throws DecodeFault. */
export function decodeStatus(bytes: Uint8Array): DecodedStatus {
  const { code, message, details } = statusCodec.decode(bytes);
  const any = details[0];
  const typeName = any?.type_url.slice(any.type_url.lastIndexOf('/') + 1);
  const form = Object.values(forms).find((candidate) => candidate.typeName === typeName);
  const detail = any === undefined ? undefined : form?.decode(any.value);
  return { code, message, detail };
}
