// What a command is: data from which parsing and help come, and what it does.

import type { Connection } from './client/connection.ts';
import type { GlobalValues } from './flags/global.ts';
import type { Output } from './render/output.ts';

export interface Flag {
  /** Without dashes; the official name. */
  readonly name: string;
  readonly short?: string;
  /** Other long names, without dashes. */
  readonly aliases?: readonly string[];
  readonly type: 'string' | 'bool' | 'int' | 'float' | 'duration' | 'choice';
  /** May be given several times; the value is a list. */
  readonly repeatable?: true;
  readonly choices?: readonly string[];
  readonly default?: string | number;
  /** Environment variables that stand in for the flag, the first that is set wins. */
  readonly env?: readonly string[];
  readonly required?: true;
  /** Accepted because the official command line has it; a note says that it does nothing yet. */
  readonly withoutEffect?: true;
  readonly summary: string;
}

type Single<F extends Flag> = F['type'] extends 'bool'
  ? boolean
  : F['type'] extends 'int' | 'float' | 'duration'
    ? number
    : F['choices'] extends readonly (infer C)[]
      ? C
      : string;

type Value<F extends Flag> = F['repeatable'] extends true
  ? readonly Single<F>[]
  : F['type'] extends 'bool'
    ? boolean
    : F extends { required: true } | { default: string | number }
      ? Single<F>
      : Single<F> | undefined;

/** The values of flags by flag name. Durations are in µs. */
export type Values<Fs extends readonly Flag[]> = {
  readonly [F in Fs[number] as F['name']]: Value<F>;
};

/** One use of a command. */
export interface Call<Fs extends readonly Flag[]> {
  readonly flags: Values<Fs>;
  /** The word that the command takes; empty when it takes none. */
  readonly argument: string;
  readonly globals: GlobalValues;
  readonly output: Output;
  /** Aborted when the user or the system asks the program to end. */
  readonly interrupted: AbortSignal;
  /** The gRPC connection that the flags name; loads its code when first asked. */
  readonly connect: () => Promise<Connection>;
  /** Writes a line to the standard error. */
  readonly note: (line: string) => void;
}

interface CommandFields<Fs extends readonly Flag[]> {
  /** The words that name it: `workflow start`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: Fs;
  /** The one word that follows the name, in capitals for the usage line: `DIR`. It must be given. */
  readonly argument?: string;
  /** Takes the connection flags too. */
  readonly connects: boolean;
  /** Ends by itself when interrupted; other commands are just cut off. */
  readonly drains?: true;
  readonly examples: readonly string[];
}

export interface Command extends CommandFields<readonly Flag[]> {
  readonly run: (call: Call<readonly Flag[]>) => Promise<void>;
}

/** A command whose `run` knows the types of its flags. */
export function command<const Fs extends readonly Flag[]>(
  fields: CommandFields<Fs> & { readonly run: (call: Call<Fs>) => Promise<void> },
): Command {
  return fields as unknown as Command;
}

/** An error that is the user's to mend: one line, no stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
