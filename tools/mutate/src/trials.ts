// Unit tests against one mutant after the other, in a process that is replaced when a mutant keeps it busy for ever.

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Mutant, mutated } from './mutant.ts';
import { blockName } from './source.ts';
import type { TestFileReport, TrialMessage, TrialOptions, TrialRequest } from './trial-messages.ts';

export class TrialFailed extends Error {
  override readonly name = 'TrialFailed';
}

const main = join(import.meta.dirname, 'trial.main.ts');
const startMsMax = 120_000;
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

/** Test files that run together before the others are begun: what is quick has often the answer. */
const groupMs = 400;

/** The test files that reach the mutant, quickest first. */
export function groupsFor(mutant: Mutant, reports: readonly TestFileReport[]): TestFileReport[][] {
  const block = blockName(mutant.file, mutant.block);
  const groups: TestFileReport[][] = [];
  let left = 0;
  for (const report of reports.toSorted((a, b) => a.durationMs - b.durationMs)) {
    if (!report.reached.includes(block)) continue;
    const last = groups.at(-1);
    if (last !== undefined && report.durationMs <= left) last.push(report);
    else {
      groups.push([report]);
      left = groupMs;
    }
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

  /** The test that failed, or null when the mutant lived through all that reach it. */
  async killedBy(mutant: Mutant, source: string): Promise<string | null> {
    const groups = groupsFor(mutant, this.#reports);
    if (groups.length === 0) return null;
    this.#child ??= this.#ready();
    const child = await this.#child;
    const request: TrialRequest = {
      file: mutant.file,
      text: mutated(mutant, source),
      groups: groups.map((group) => group.map(({ testFile }) => testFile)),
    };
    const usualMs = groups.flat().reduce((sum, { durationMs }) => sum + durationMs, 0);
    const answer = nextMessage(child, 8_000 + 5 * usualMs);
    child.send(request);
    const message = await answer;
    if (message?.kind === 'tried') return message.killedBy;
    this.#end(child);
    return 'no end';
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
