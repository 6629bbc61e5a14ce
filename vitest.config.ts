// Four projects: `unit` needs nothing, `contract` runs each port's suite on each adapter that needs nothing either, `parts`
// on those that need a real Kafka, Cassandra or PostgreSQL, `integration` starts the product. `check` runs the first two,
// `test` all.

import { defineConfig } from 'vitest/config';

const off = ['**/node_modules/**', 'tools/tidy/fixtures/**'];
const contract = ['libs/**/*.contract.test.ts'];
const parts = ['log-kafka', 'store-cassandra', 'visibility-postgres'].map(
  (adapter) => `libs/adapters/${adapter}/**/*.contract.test.ts`,
);
const ofParts = [...parts, 'libs/testing/parts/**/*.contract.test.ts'];
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
          exclude: [...off, ...ofParts],
          testTimeout: 30_000,
          setupFiles: [fixedSeed],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ofParts,
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
