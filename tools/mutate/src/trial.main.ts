// The process that runs unit tests, started by `trials.ts` and ended by it when a mutant does not come to an end.
//
// Mutated text is put in as a file is loaded: nothing is ever written into the tree.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createVitest, type TestModule, type TestSpecification } from 'vitest/node';
import { withProbes } from './source.ts';
import type { TrialMessage, TrialOptions, TrialRequest } from './trial-messages.ts';

const { root, survey, sources, tests } = JSON.parse(process.argv[2] ?? '') as TrialOptions;
const paths = new Map(sources.map((file) => [join(root, file), file]));
let trial: TrialRequest | null = null;
/** The test files that came to their end in this run: Vitest itself remembers those of earlier ones as well. */
let ended: TestModule[] = [];

const vitest = await createVitest(
  'test',
  {
    root,
    // What `check` runs.
    project: ['unit', 'contract'],
    watch: false,
    reporters: [{ onTestModuleEnd: (module: TestModule) => void ended.push(module) }],
    // A survey wants each file alone; a trial wants no new thread for each file.
    isolate: survey,
    maxWorkers: 1,
    bail: survey ? 0 : 1,
    // A busy machine kills no mutant.
    testTimeout: survey ? 60_000 : 15_000,
    fsModuleCache: false,
    ...(tests.length === 0 ? { related: [...paths.keys()] } : {}),
  },
  {
    plugins: [
      {
        name: 'mutate',
        enforce: 'pre',
        configureVitest({ project }) {
          // Behind the project's own, which chooses the seed of random tests.
          project.config.setupFiles.push(join(import.meta.dirname, 'trial.setup.ts'));
        },
        load(id) {
          const file = paths.get(id);
          if (file === undefined) return null;
          if (survey) return withProbes(file, readFileSync(id, 'utf8'));
          return file === trial?.file ? trial.text : null;
        },
      },
    ],
  },
);

const specifications =
  tests.length === 0
    ? await vitest.getRelevantTestSpecifications()
    : await vitest.globTestSpecifications([...tests]);
if (survey) {
  await surveyed(specifications);
} else {
  process.on('message', (request: TrialRequest) => void tried(request));
  process.once('disconnect', () => process.exit());
  send({ kind: 'ready' });
}

async function surveyed(all: TestSpecification[]): Promise<void> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(all);
  const failed = testModules.find((module) => module.state() === 'failed');
  if (failed !== undefined || unhandledErrors.length > 0) {
    const where = failed === undefined ? String(unhandledErrors[0]) : nameOf(failed);
    send({ kind: 'broken', reason: `the tests fail without any mutant: ${where}` });
  } else {
    send({ kind: 'survey', reports: testModules.map(reportOf) });
  }
  await vitest.close();
  process.exit(0);
}

function reportOf(module: TestModule) {
  const { reached } = module.meta() as { reached?: string[] };
  return {
    testFile: nameOf(module),
    durationMs: Math.ceil(module.diagnostic().duration),
    reached: reached ?? [],
  };
}

async function tried(request: TrialRequest): Promise<void> {
  // The file of the trial before has its own text again.
  if (trial !== null) vitest.invalidateFile(join(root, trial.file));
  trial = request;
  vitest.invalidateFile(join(root, request.file));
  const group = specifications.filter((one) => request.tests.includes(nameOf(one)));
  send({ kind: 'tried', killedBy: await failing(group) });
}

/** The first test that fails, or the error that no test caught. */
async function failing(group: TestSpecification[]): Promise<string | null> {
  ended = [];
  vitest.state.clearErrors();
  const { unhandledErrors } = await vitest.runTestSpecifications(group);
  const failed = ended.find((module) => module.state() === 'failed');
  if (failed !== undefined) {
    const [test] = failed.children.allTests('failed');
    return `${nameOf(failed)}: ${test?.fullName ?? 'cannot be loaded'}`;
  }
  if (unhandledErrors.length > 0) return `an error beside the tests: ${String(unhandledErrors[0])}`;
  if (ended.length < group.length) throw new Error('not every test file was run');
  return null;
}

function nameOf({ moduleId }: { readonly moduleId: string }): string {
  return relative(root, moduleId);
}

function send(message: TrialMessage): void {
  process.send?.(message);
}
