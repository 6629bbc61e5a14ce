// What wire may use of Node, and no more: enough to load its descriptors.
// The core is compiled without Node's types and reads wire's source, so it needs these two.

declare module 'node:module' {
  export function createRequire(from: string): {
    (id: string): unknown;
    resolve(id: string): string;
  };
}

declare module 'node:fs' {
  export function readFileSync(path: string): Uint8Array;
  export function readFileSync(path: string, encoding: 'utf8'): string;
}

interface ImportMeta {
  readonly url: string;
}
