// Runs that are due and not in memory, or whose workflow id is not: loads them and lets happen what is due.
//
// A load that fails is tried again, for as long as it takes: the run has left the timer queue, and nobody else would wake
// it before its hour's wake rows are read by a later process (M6, M10).

import { type RunKey, runKeyText, usPerSecond } from '@perdure/kernel';
import type { Loader } from './loader.ts';
import type { Owner } from './owner.ts';
import type { RunHandle } from './run-handle.ts';

const retryUs = usPerSecond;

export interface DueLoadsOptions {
  readonly owner: Pick<Owner, 'clock' | 'runs' | 'sleepers' | 'wakeRun'>;
  readonly loader: Pick<Loader, 'run' | 'workflow'>;
  readonly onTrouble: (message: string, error: unknown, run: RunKey | null) => void;
}

export class DueLoads {
  readonly #options: DueLoadsOptions;

  constructor(options: DueLoadsOptions) {
    this.#options = options;
  }

  /** The run is due. */
  run(run: RunKey): void {
    const { owner, loader, onTrouble } = this.#options;
    this.#load(loader.run(run), (error) => {
      onTrouble('a run that is due could not be loaded', error, run);
      const handle = owner.runs.get(runKeyText(run));
      if (handle !== undefined) owner.wakeRun(handle);
      else owner.sleepers.add({ dueUs: owner.clock.nowUs() + retryUs, run, at: -1 });
    });
  }

  /** The run goes on in a next one, which needs the workflow id in memory. */
  workflow(run: RunKey): void {
    const { owner, loader, onTrouble } = this.#options;
    const workflow = Promise.resolve(loader.workflow(run.namespaceId, run.workflowId));
    this.#load(
      workflow.then(() => loader.run(run)),
      (error) => {
        onTrouble('a chain that goes on could not be loaded', error, run);
        owner.clock.after(retryUs, () => this.workflow(run));
      },
    );
  }

  #load(
    loading: RunHandle | null | Promise<RunHandle | null>,
    failed: (error: unknown) => void,
  ): void {
    Promise.resolve(loading).then(
      (handle) => handle !== null && this.#options.owner.wakeRun(handle),
      failed,
    );
  }
}
