// Unit tests against one mutant after the other, in a process that is replaced when a mutant keeps it busy for ever.

import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { type Mutant, mutated } from './mutant.ts';
import { blockName } from './source.ts';
import type { TestFileReport, TrialMessage, TrialOptions, TrialRequest } from './trial-messages.ts';

export class TrialFailed extends Error {
  override readonly name = 'TrialFailed';
}

const main = join(import.meta.dirname, 'trial.main.ts');
/** In place of a test: the mutant kept the tests busy for many times what they take. */
export const noEnd = 'no end';

const startMsMax = 120_000;
/** What a group of test files takes to load, on a busy machine. */
const loadMsMax = 12_000;
const surveyMsMax = 1_200_000;

/** What the test files do without a mutant. Throws TrialFailed when one of them fails. */
export async function survey(options: Omit<TrialOptions, 'survey'>): Promise<TestFileReport[]> {
  const child = start({ ...options, survey: true });
  const answer = await nextMessage(child, surveyMsMax);
  child.kill('SIGKILL');
  if (answer?.kind === 'survey') return [...answer.reports];
  const reason = answer?.kind === 'broken' ? answer.reason : 'the tests ended without a report';
  throw new TrialFailed(`${reason}; mend that first`);
}

/** Test time of the first group; each further one may take twice as long as the one before. */
const firstGroupMs = 200;

/** The test files that reach the mutant: those of its folder first, then the quick ones, which have often the answer. */
export function groupsFor(mutant: Mutant, reports: readonly TestFileReport[]): TestFileReport[][] {
  const block = blockName(mutant.file, mutant.block);
  const folder = dirname(mutant.file);
  const distance = ({ testFile }: TestFileReport): number => (dirname(testFile) === folder ? 0 : 1);
  const reaching = reports
    .filter(({ reached }) => reached.includes(block))
    .toSorted((a, b) => distance(a) - distance(b) || a.durationMs - b.durationMs);
  const groups: TestFileReport[][] = [];
  let left = 0;
  for (const report of reaching) {
    if (groups.length === 0 || left <= 0) {
      left = firstGroupMs * 2 ** groups.length;
      groups.push([]);
    }
    groups.at(-1)?.push(report);
    left -= report.durationMs;
  }
  return groups;
}

export class Trials {
  readonly #options: TrialOptions;
  readonly #reports: readonly TestFileReport[];
  #child: Promise<ChildProcess> | null = null;

  constructor(options: Omit<TrialOptions, 'survey'>, reports: readonly TestFileReport[]) {
    this.#options = { ...options, survey: false };
    this.#reports = reports;
  }

  /** Throws TrialFailed when tests that were green one by one are not so in one thread: each mutant would seem killed. */
  async requireGreen(file: string, source: string): Promise<void> {
    const failed = await this.#try(file, source, [[...this.#reports]]);
    if (failed !== null) {
      throw new TrialFailed(`without any mutant, in one thread: ${failed}; part these tests first`);
    }
  }

  /** The test that failed, or null when the mutant lived through all that reach it. */
  async killedBy(mutant: Mutant, source: string): Promise<string | null> {
    const groups = groupsFor(mutant, this.#reports);
    return groups.length === 0 ? null : this.#try(mutant.file, mutated(mutant, source), groups);
  }

  async #try(
    file: string,
    text: string,
    groups: readonly (readonly TestFileReport[])[],
  ): Promise<string | null> {
    for (const group of groups) {
      this.#child ??= this.#ready();
      const child = await this.#child;
      const usualMs = group.reduce((sum, { durationMs }) => sum + durationMs, 0);
      const answer = nextMessage(child, loadMsMax + 5 * usualMs);
      const tests = group.map(({ testFile }) => testFile);
      child.send({ file, text, tests } satisfies TrialRequest);
      const message = await answer;
      if (message?.kind !== 'tried') {
        this.#end(child);
        return noEnd;
      }
      if (message.killedBy !== null) return message.killedBy;
    }
    return null;
  }

  async close(): Promise<void> {
    if (this.#child !== null) this.#end(await this.#child);
  }

  async #ready(): Promise<ChildProcess> {
    const child = start(this.#options);
    const answer = await nextMessage(child, startMsMax);
    if (answer?.kind !== 'ready') throw new TrialFailed('the process of the tests does not start');
    return child;
  }

  #end(child: ChildProcess): void {
    child.kill('SIGKILL');
    this.#child = null;
  }
}

function start(options: TrialOptions): ChildProcess {
  return fork(main, [JSON.stringify(options)], {
    cwd: options.root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** Null when the process ends or says nothing for too long. */
function nextMessage(child: ChildProcess, msMax: number): Promise<TrialMessage | null> {
  return new Promise((resolve) => {
    const done = (message: TrialMessage | null): void => {
      clearTimeout(timer);
      child.off('message', done);
      child.off('exit', ended);
      resolve(message);
    };
    const ended = () => done(null);
    const timer = setTimeout(ended, msMax);
    child.once('message', done);
    child.once('exit', ended);
  });
}
