// Codecs of our own messages, from `proto/perdure/<file>.proto`.
//
// A file is parsed when one of its messages is first used. The interfaces of the messages are written by hand beside
// their users. 64-bit fields are plain numbers and absent bytes are an empty array, as in the public messages; a
// message that is absent is null, and in a `oneof` the members that are not set are absent or have their default.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import protobuf from 'protobufjs';
import { type Codec, lazyCodec } from './codec.ts';
import { prepareType } from './descriptors.ts';

const require = createRequire(import.meta.url);
const schemas = new Map<string, protobuf.Root>();

/** Reads `<file>.proto` and what it imports into the root. */
function parseInto(root: protobuf.Root, file: string, seen: Set<string>): void {
  if (seen.has(file)) return;
  seen.add(file);
  const path = require.resolve(`../../../proto/perdure/${file}.proto`);
  const { imports } = protobuf.parse(readFileSync(path, 'utf8'), root);
  for (const imported of imports ?? []) {
    const name = /^perdure\/(.+)\.proto$/.exec(imported)?.[1];
    if (name === undefined)
      throw new Error(`${path} imports ${imported}: only perdure/*.proto can be`);
    parseInto(root, name, seen);
  }
}

function schema(file: string): protobuf.Root {
  let root = schemas.get(file);
  if (root === undefined) {
    root = new protobuf.Root();
    parseInto(root, file, new Set());
    schemas.set(file, root);
  }
  return root;
}

/**
 * The codec of a message of `proto/perdure/<file>.proto` by its full name. `D` is what decoding gives, `I` what encoding
 * takes: every field of `I` may be left out.
 */
export function ownCodec<D, I>(file: string, typeName: string): Codec<D, I> {
  return lazyCodec<D, I>(typeName, () => {
    const type = schema(file).lookupType(typeName);
    prepareType(type);
    return type;
  });
}
