// Flags of every command that talks to a server.

import type { Flag, Values } from '../command.ts';

export const connectionFlags = [
  {
    name: 'address',
    type: 'string',
    default: 'localhost:7233',
    env: ['PERDURE_ADDRESS', 'TEMPORAL_ADDRESS'],
    summary: 'Where the server listens.',
  },
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    default: 'default',
    env: ['PERDURE_NAMESPACE', 'TEMPORAL_NAMESPACE'],
    summary: 'Namespace.',
  },
  { name: 'identity', type: 'string', summary: 'Who asks, as recorded in histories.' },
  {
    name: 'api-key',
    type: 'string',
    env: ['PERDURE_API_KEY', 'TEMPORAL_API_KEY'],
    summary: 'Key sent as "authorization: Bearer"; turns TLS on.',
  },
  {
    name: 'grpc-meta',
    type: 'string',
    repeatable: true,
    summary: 'Header of every request, KEY=VALUE.',
  },
  { name: 'tls', type: 'bool', env: ['TEMPORAL_TLS'], summary: 'Use TLS.' },
  {
    name: 'tls-ca-path',
    type: 'string',
    env: ['TEMPORAL_TLS_SERVER_CA_CERT_PATH'],
    summary: 'File with the certificate of the authority that signed the server.',
  },
  {
    name: 'tls-cert-path',
    type: 'string',
    env: ['TEMPORAL_TLS_CLIENT_CERT_PATH'],
    summary: 'File with the certificate of this client.',
  },
  {
    name: 'tls-key-path',
    type: 'string',
    env: ['TEMPORAL_TLS_CLIENT_KEY_PATH'],
    summary: 'File with the private key of this client.',
  },
  {
    name: 'tls-server-name',
    type: 'string',
    env: ['TEMPORAL_TLS_SERVER_NAME'],
    summary: 'Name expected in the certificate of the server.',
  },
  {
    name: 'tls-disable-host-verification',
    type: 'bool',
    env: ['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'],
    summary: 'Accept any certificate of the server.',
  },
] as const satisfies readonly Flag[];

export type ConnectionValues = Values<typeof connectionFlags>;
