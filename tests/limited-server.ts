// A server with a namespace `limited` whose rates are low, for tests of what clients do when they meet one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerdureServer } from '@perdure/testing/harness';
import { afterAll, beforeAll } from 'vitest';

export const limitedNamespace = 'limited';

const settings = `
frontend.namespaceRPS: [{ value: 40, constraints: { namespace: limited } }]
frontend.namespaceBurstRatio: [{ value: 1, constraints: { namespace: limited } }]
frontend.namespaceRPS.visibility: [{ value: 2, constraints: { namespace: limited } }]
`;

/** To be called at the top of a test file; the address may be used inside its tests. */
export function limitedServer(): { readonly address: string } {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-limited-'));
  let server: PerdureServer | undefined;
  beforeAll(async () => {
    const file = join(folder, 'settings.yaml');
    writeFileSync(file, settings);
    const args = ['--namespace', limitedNamespace, '--dynamic-config-file', file];
    server = await PerdureServer.start({ args });
  });
  afterAll(async () => {
    await server?.kill();
    rmSync(folder, { recursive: true });
  });
  return {
    get address(): string {
      if (server === undefined) throw new Error('the server is there only while tests run');
      return server.address;
    },
  };
}
