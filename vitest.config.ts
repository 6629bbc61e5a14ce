// Three projects: `unit` needs nothing, `contract` runs each port's suite on each adapter,
// `integration` starts the product. `check` runs the first two, `test` all three.

import { defineConfig } from 'vitest/config';

const off = ['**/node_modules/**', 'tools/tidy/fixtures/**'];
const contract = ['libs/**/*.contract.test.ts'];
const fixedSeed = 'tools/test-runner/src/fixed-seed.setup.ts';

export default defineConfig({
  test: {
    globals: false,
    pool: 'threads',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'libs/**/src/**/*.test.ts',
            'services/**/src/**/*.test.ts',
            'bench/**/*.test.ts',
            'tools/**/src/**/*.test.ts',
          ],
          exclude: [...off, ...contract],
          setupFiles: [fixedSeed],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: contract,
          exclude: off,
          testTimeout: 30_000,
          setupFiles: [fixedSeed],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/**/*.test.ts'],
          exclude: off,
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Their servers and workers want the machine, and some measure time: one file at a time, after the others.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
