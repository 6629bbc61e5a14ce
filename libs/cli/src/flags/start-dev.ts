// Flags of the development server. SDK test kits pass many of them: what has no effect yet is accepted.

import type { Flag, Values } from '../command.ts';

export const startDevFlags = [
  {
    name: 'db-filename',
    short: 'f',
    type: 'string',
    summary: 'Keep everything under this path; in memory unless given.',
  },
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    repeatable: true,
    summary: 'Namespace to make, besides "default".',
  },
  { name: 'port', short: 'p', type: 'int', default: 7233, summary: 'Port of gRPC.' },
  {
    name: 'ip',
    type: 'string',
    default: '127.0.0.1',
    summary: 'Address to listen on; 0.0.0.0 opens the server to the network.',
  },
  {
    name: 'sqlite-pragma',
    type: 'string',
    repeatable: true,
    summary: 'Pragma of the store under --db-filename, NAME=VALUE.',
  },
  { name: 'headless', type: 'bool', summary: 'No web interface.' },
  { name: 'http-port', type: 'int', withoutEffect: true, summary: 'Port of the HTTP API.' },
  {
    name: 'metrics-port',
    type: 'int',
    default: 0,
    summary: 'Port of /metrics, /health and /ready; any free one unless given.',
  },
  { name: 'ui-port', type: 'int', withoutEffect: true, summary: 'Port of the web interface.' },
  { name: 'ui-ip', type: 'string', withoutEffect: true, summary: 'Address of the web interface.' },
  {
    name: 'ui-public-path',
    type: 'string',
    withoutEffect: true,
    summary: 'Path of the web interface.',
  },
  {
    name: 'ui-asset-path',
    type: 'string',
    withoutEffect: true,
    summary: 'Own assets of the web interface.',
  },
  {
    name: 'ui-codec-endpoint',
    type: 'string',
    withoutEffect: true,
    summary: 'Codec server for the web interface.',
  },
  {
    name: 'ui-disable-news-fetch',
    type: 'bool',
    withoutEffect: true,
    summary: 'No news in the web interface.',
  },
  {
    name: 'search-attribute',
    type: 'string',
    repeatable: true,
    summary: 'Search attribute to register in every namespace, NAME=TYPE.',
  },
  {
    name: 'dynamic-config-value',
    type: 'string',
    repeatable: true,
    summary: 'Dynamic configuration, KEY=JSON; wins over the file.',
  },
  {
    name: 'dynamic-config-file',
    type: 'string',
    env: ['DYNAMIC_CONFIG_FILE_PATH'],
    summary: 'File of dynamic configuration (YAML), read again when it changes.',
  },
  { name: 'log-config', type: 'bool', withoutEffect: true, summary: 'Print the configuration.' },
] as const satisfies readonly Flag[];

export type StartDevValues = Values<typeof startDevFlags>;
