// One Python driver as a process: its scenarios by name, and what came of each.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The names of the scenarios of a driver, read from its source: tests have names before anything runs. */
export function scenarioNames(area: string): string[] {
  const source = readFileSync(join(import.meta.dirname, `${area}.py`), 'utf8');
  return [...source.matchAll(/^@scenario\("([^"]+)"\)$/gm)].map(([, name]) => name ?? '');
}

export class ScenarioProcess {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #waiting = new Map<string, () => void>();
  #ended: string | undefined;
  #errors = '';

  static start(python: string, area: string, address: string): ScenarioProcess {
    return new ScenarioProcess(python, area, address);
  }

  private constructor(python: string, area: string, address: string) {
    const child = spawn(python, [join(import.meta.dirname, `${area}.py`), address], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = `${this.#errors}${text}`.slice(-4_000);
    });
    createInterface(child.stdout).on('line', (line) => this.#read(line));
    child.once('error', (error) => this.#end(error.message));
    child.once('close', (code, signal) => this.#end(`it ended with ${code ?? signal}`));
  }

  /** Resolves when the scenario passed; throws what it printed otherwise. */
  async outcome(name: string): Promise<void> {
    while (!this.#outcomes.has(name) && this.#ended === undefined) {
      await new Promise<void>((resolve) => this.#waiting.set(name, resolve));
    }
    const outcome = this.#outcomes.get(name);
    if (outcome === undefined) throw new Error(`no result: ${this.#ended}\n${this.#errors}`);
    if (!outcome.ok) throw new Error(outcome.detail);
  }

  #read(line: string): void {
    if (!line.startsWith('{"name"')) return;
    const outcome = JSON.parse(line) as Outcome;
    this.#outcomes.set(outcome.name, outcome);
    this.#waiting.get(outcome.name)?.();
  }

  #end(reason: string): void {
    this.#ended = reason;
    for (const wake of this.#waiting.values()) wake();
  }
}
