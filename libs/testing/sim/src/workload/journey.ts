// What a client does with a workflow id, from its first call to its last: adding a kind is one file in `journeys/` and its
// line in `journeys/index.ts`.

import type { Ledger } from '@perdure/model';
import type { Chance } from '../chance.ts';
import type { Sightings } from '../sightings.ts';
import type { Caller } from './caller.ts';
import type { Looks } from './looks.ts';

/** What a journey acts with. */
export interface Stage {
  /** The client whose journey it is. */
  readonly caller: Caller;
  /** All clients: others that act on the same workflow id. */
  readonly callers: readonly Caller[];
  readonly looks: Looks;
  readonly chance: Chance;
  readonly namespace: string;
  readonly queue: string;
  readonly ledger: Ledger;
  readonly sightings: Sightings;
  /** Nobody else's. */
  readonly workflowId: string;
  /** Counts a state of interest that the journey came to. */
  readonly reached: (state: string) => void;
}

export interface Journey {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Ends when all its calls are decided. Its runs have to end by themselves. */
  readonly travel: (stage: Stage) => Promise<void>;
}
