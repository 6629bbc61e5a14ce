// What the parts of the history service share.

import type { RunLimits } from '@perdure/core-execution';
import type { RunKey } from '@perdure/kernel';
import type {
  Clock,
  DynamicConfig,
  Namespaces,
  Store,
  TaskOffers,
  VisibilityIndex,
} from '@perdure/ports';
import type { RunMeters } from './meters/run-meters.ts';
import type { Dispatch } from './owner/dispatch.ts';
import type { Loader } from './owner/loader.ts';
import type { Owner } from './owner/owner.ts';
import type { VisibilityFeed } from './owner/visibility-feed.ts';
import type { QueryRegistry } from './query/registry.ts';
import type { TaskTokens } from './task-token.ts';

export interface HistoryContext {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly owner: Owner;
  readonly loader: Loader;
  readonly dispatch: Dispatch;
  readonly queries: QueryRegistry;
  readonly meters: RunMeters;
  readonly store: Store;
  readonly visibility: VisibilityIndex;
  readonly visibilityFeed: VisibilityFeed;
  readonly matching: TaskOffers;
  readonly tokens: TaskTokens;
  readonly namespaces: Namespaces;
  /** The bounds of the runs of a namespace, as they are now. */
  readonly limits: (namespaceId: string) => RunLimits;
  /** True once the process is ending: calls that wait for a change are answered, and none waits any more. */
  readonly ending: () => boolean;
  /** A random UUID. */
  readonly newId: () => string;
}

/** The execution as messages name it. */
export function executionOf(run: RunKey): { workflowId: string; runId: string } {
  return { workflowId: run.workflowId, runId: run.runId };
}
