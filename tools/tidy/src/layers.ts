// Which layer may import which, and what each may take from outside the repository.
// An edge that is not in this table is not allowed; to allow one, change the table and say why.

export type Layer = {
  /** Layers of workspace packages it may import. */
  readonly imports: readonly string[] | 'any';
  /** Modules of Node it may import. */
  readonly node: readonly string[] | 'any';
  /** Packages from outside the workspace it may import. */
  readonly external: readonly string[] | 'any';
};

export const layers: Readonly<Record<string, Layer>> = {
  kernel: { imports: [], node: [], external: [] },
  wire: {
    imports: ['kernel'],
    node: ['node:module', 'node:fs'],
    external: ['protobufjs', '@temporalio/proto'],
  },
  core: { imports: ['kernel', 'wire', 'core'], node: [], external: [] },
  port: { imports: ['kernel', 'wire', 'core'], node: [], external: [] },
  adapter: { imports: ['kernel', 'wire', 'core', 'port'], node: 'any', external: 'any' },
  service: { imports: ['kernel', 'wire', 'core', 'port'], node: 'any', external: [] },
  server: {
    imports: ['kernel', 'wire', 'core', 'port', 'adapter', 'service'],
    node: 'any',
    external: 'any',
  },
  cli: { imports: ['kernel', 'wire', 'server'], node: 'any', external: 'any' },
  // The judge of the engine: what it borrowed from the engine it could not judge.
  model: { imports: ['kernel', 'wire', 'test'], node: [], external: [] },
  test: { imports: 'any', node: 'any', external: 'any' },
  tool: { imports: 'any', node: 'any', external: 'any' },
  example: { imports: 'any', node: 'any', external: 'any' },
};

/** Folders outside every package that a layer may read by a relative path. */
export const sharedFolders: Readonly<Record<string, readonly string[]>> = { wire: ['proto/'] };

/** Peers that only a package's tests and contract suites import. */
export const testPeers: readonly string[] = ['vitest', 'fast-check'];

/** The files of the server that choose adapters. */
export const composition = /\.(main|thread)\.ts$/;

/**
 * Adapters that a thread of another adapter is composed with, in its *.thread.ts alone: the thread is the place where the
 * log meets real files, as a composition is in a process.
 */
export const threadEdges: Readonly<Record<string, readonly string[]>> = {
  '@perdure/log-local': ['@perdure/file-node'],
};
