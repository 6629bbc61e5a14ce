// The flags of `server start-dev` as options of the server.

import { IndexedValueType } from '@perdure/wire';
import { CommandError } from '../command.ts';
import type { GlobalValues } from '../flags/global.ts';
import type { StartDevValues } from '../flags/start-dev.ts';
import { parseJsonPairs, parsePair } from '../parse/pairs.ts';

export interface ServerOptions {
  readonly ip: string;
  readonly port: number;
  readonly namespaces: string[];
  readonly searchAttributes: Record<string, number>;
  readonly dbFilename: string | null;
  readonly logLevel: NonNullable<GlobalValues['log-level']>;
  readonly logFormat: GlobalValues['log-format'];
  readonly sqlitePragmas: Record<string, string>;
  readonly metricsPort: number;
  readonly dynamicConfig: {
    readonly file: string | null;
    readonly values: Record<string, unknown>;
  };
}

const portMax = 65_535;

export function serverOptions(flags: StartDevValues, globals: GlobalValues): ServerOptions {
  checkPort('--port', flags.port);
  checkPort('--metrics-port', flags['metrics-port']);
  return {
    ip: flags.ip === 'localhost' ? '127.0.0.1' : flags.ip,
    port: flags.port,
    namespaces: [...new Set(['default', ...flags.namespace])],
    searchAttributes: Object.fromEntries(flags['search-attribute'].map(searchAttribute)),
    dbFilename: flags['db-filename'] ?? null,
    logLevel: globals['log-level'] ?? 'warn',
    logFormat: globals['log-format'],
    sqlitePragmas: Object.fromEntries(
      flags['sqlite-pragma'].map((text) => parsePair(text, '--sqlite-pragma')),
    ),
    metricsPort: flags['metrics-port'],
    dynamicConfig: {
      file: flags['dynamic-config-file'] ?? null,
      values: settingsOf(flags['dynamic-config-value']),
    },
  };
}

function checkPort(flag: string, port: number): void {
  if (port < 0 || port > portMax) throw new CommandError(`${flag} is 0 to ${portMax}, not ${port}`);
}

/** NAME=TYPE; the type in any case. */
function searchAttribute(text: string): [string, number] {
  const [name, type] = parsePair(text, '--search-attribute');
  const types = Object.entries(IndexedValueType);
  const known = types.find(([typeName]) => typeName.toLowerCase() === type.toLowerCase());
  if (known !== undefined) return [name, known[1]];
  const names = types.map(([typeName]) => typeName).join(', ');
  throw new CommandError(`the type of search attribute ${name} is one of ${names}, not "${type}"`);
}

function settingsOf(texts: readonly string[]): Record<string, unknown> {
  const pairs = parseJsonPairs(texts, '--dynamic-config-value');
  return Object.fromEntries(pairs.map(([key, json]) => [key, JSON.parse(json)]));
}
