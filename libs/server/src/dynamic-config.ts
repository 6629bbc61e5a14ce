// The dynamic configuration of a process: values of the command line over a file over the composition's own.
//
// C1. A file that cannot be used changes nothing: at the start the server says why and does not start, later the values
//     of before stay and one line says why.
// C2. The file is looked at every 10 s and read when its time or size changed.

import { readFile, stat } from 'node:fs/promises';
import {
  type ConfigLayer,
  LayeredConfig,
  layerOf,
  type RawValue,
  readLayer,
} from '@perdure/core-dynamic-config';
import { usPerSecond } from '@perdure/kernel';
import type { Clock, DynamicConfig } from '@perdure/ports';
import { ConfigFault, parseConfigFile } from './config-file.ts';
import type { ServerLog } from './server-log.ts';

export interface ConfigSource {
  /** Path of the file; null: none. */
  readonly file: string | null;
  /** For everybody, above the file. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface OpenedConfig {
  readonly config: DynamicConfig;
  stop(): void;
}

export interface ConfigOptions {
  readonly source: ConfigSource;
  /** Of the composition, below everything. */
  readonly defaults: ConfigLayer;
  readonly clock: Clock;
  readonly log: ServerLog;
}

const lookUs = 10 * usPerSecond;
const component = 'config';
const commandLine = '--dynamic-config-value';
/** Where the file stands among the layers. */
const fileIndex = 1;

/** Throws ConfigFault, one line for the user. */
export async function openDynamicConfig(options: ConfigOptions): Promise<OpenedConfig> {
  const { source, defaults, clock, log } = options;
  const given = Object.entries(source.values).map(
    ([name, value]): RawValue => ({ name, value, constraints: {}, place: commandLine }),
  );
  const top = usable(given, log);
  const { file } = source;
  if (file === null) {
    const config = new LayeredConfig(top, layerOf({}), defaults);
    return { config, stop: () => undefined };
  }
  const first = await readConfig(file, log);
  const config = new LayeredConfig(top, first.layer, defaults);
  let seen = first.version;
  const look = async (): Promise<void> => {
    const version = await versionOf(file);
    if (version === seen) return;
    seen = version;
    const read = await readConfig(file, log);
    seen = read.version;
    config.replace(fileIndex, read.layer);
    log.info(`the dynamic configuration was read again from ${file}`, { component });
  };
  const onLook = (): void => {
    look().then(rearm, (fault: unknown) => {
      const reason = fault instanceof Error ? fault.message : String(fault);
      log.error(`the dynamic configuration stays as it was: ${reason}`, { component });
      rearm();
    });
  };
  let stopped = false;
  let timer = clock.after(lookUs, onLook);
  const rearm = (): void => {
    if (!stopped) timer = clock.after(lookUs, onLook);
  };
  return {
    config,
    stop: () => {
      stopped = true;
      timer.cancel();
    },
  };
}

interface ReadConfig {
  readonly layer: ConfigLayer;
  readonly version: string;
}

async function readConfig(file: string, log: ServerLog): Promise<ReadConfig> {
  // Before the text: what is written in between is read at the next look.
  const version = await versionOf(file);
  if (version === missing) throw new ConfigFault(`cannot read ${file}: there is no such file`);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigFault(`cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  return { layer: usable(await parseConfigFile(text, file), log), version };
}

const missing = 'missing';

/** Changes when the file does. */
async function versionOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw new ConfigFault(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function usable(values: readonly RawValue[], log: ServerLog): ConfigLayer {
  const { layer, problems, unknown, withoutEffect } = readLayer(values);
  if (problems.length > 0) throw new ConfigFault(problems.join('; '));
  for (const warning of unknown) log.warn(warning, { component });
  if (withoutEffect.length > 0) {
    log.info(`settings without effect: ${withoutEffect.join(', ')}`, { component });
  }
  return layer;
}
