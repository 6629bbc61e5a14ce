// Arguments of a workflow, signal or query as payloads.

import { readFileSync } from 'node:fs';
import type { FullInit, temporal } from '@perdure/wire/full';
import { CommandError } from '../command.ts';
import type { InputValues } from '../flags/workflow.ts';
import { isJson, parsePair } from './pairs.ts';

export type PayloadInit = FullInit<temporal.api.common.v1.IPayload>;
export type PayloadsInit = FullInit<temporal.api.common.v1.IPayloads>;

const utf8 = new TextEncoder();

export function jsonPayload(json: string): PayloadInit {
  return { metadata: { encoding: utf8.encode('json/plain') }, data: utf8.encode(json) };
}

/** The payloads of --input, --input-file, --input-meta and --input-base64; undefined for no argument. */
export function inputPayloads(flags: InputValues): PayloadsInit | undefined {
  const inputs = readInputs(flags);
  const metadata = readMetadata(flags['input-meta'], inputs.length);
  if (inputs.length === 0) return undefined;
  return { payloads: inputs.map((input, index) => payload(input, index, metadata, flags)) };
}

interface Input {
  readonly bytes: Uint8Array;
  readonly from: string;
}

function readInputs(flags: InputValues): readonly Input[] {
  if (flags.input.length > 0 && flags['input-file'].length > 0) {
    throw new CommandError('give --input or --input-file, not both');
  }
  const texts = flags.input.map((text) => ({ bytes: utf8.encode(text), from: '--input' }));
  return [...texts, ...flags['input-file'].map((path) => ({ bytes: readInput(path), from: path }))];
}

function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (cause) {
    throw new CommandError(`cannot read the input file: ${(cause as Error).message}`, { cause });
  }
}

function readMetadata(texts: readonly string[], inputs: number): ReadonlyMap<string, string[]> {
  const metadata = new Map<string, string[]>();
  for (const text of texts) {
    const [key, value] = parsePair(text, '--input-meta');
    const values = [...(metadata.get(key) ?? []), value];
    if (values.length > Math.max(1, inputs)) {
      throw new CommandError(`more --input-meta ${key}=... than arguments`);
    }
    metadata.set(key, values);
  }
  if (!metadata.has('encoding')) metadata.set('encoding', ['json/plain']);
  return metadata;
}

function payload(
  input: Input,
  index: number,
  metadata: ReadonlyMap<string, string[]>,
  flags: InputValues,
): PayloadInit {
  const own = [...metadata].map(
    ([key, values]) => [key, values[index] ?? values[0] ?? ''] as const,
  );
  const encoding = own.find(([key]) => key === 'encoding')?.[1] ?? '';
  const data = flags['input-base64'] ? decodeBase64(input.bytes, index) : input.bytes;
  if (encoding.startsWith('json/')) refuseNotJson(data, input, index);
  return {
    metadata: Object.fromEntries(own.map(([key, value]) => [key, utf8.encode(value)])),
    data,
  };
}

function decodeBase64(bytes: Uint8Array, index: number): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8').trim();
  const decoded = Buffer.from(text, 'base64');
  if (decoded.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return decoded;
  throw new CommandError(`argument ${index + 1} is not base64`);
}

function refuseNotJson(data: Uint8Array, input: Input, index: number): void {
  const text = Buffer.from(data).toString('utf8');
  if (isJson(text)) return;
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  const cure =
    input.from === '--input' && !/^\s*[[{]/.test(text)
      ? `; a string needs its quotes: --input '${JSON.stringify(shown)}'`
      : '';
  throw new CommandError(`argument ${index + 1} is not valid JSON: ${shown}${cure}`);
}
