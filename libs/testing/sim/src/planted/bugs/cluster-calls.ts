// Bugs in what a node of a cluster tells its callers (W3-W5 of the protocols), and in the ways between nodes.

import type { ClusterBug } from '../plant.ts';

const history = 'services/history/src/history.ts';
const owner = 'services/history/src/owner/owner.ts';
const pump = 'services/history/src/log/log-pump.ts';
const rpcRoutes = 'services/history/src/node/rpc-routes.ts';
const routedHistory = 'services/history/src/node/routed-history.ts';
const host = 'services/history/src/node/partition-host.ts';

export const clusterCallBugs: readonly ClusterBug[] = [
  {
    name: 'acknowledge to other nodes on send',
    breaks: 'W3',
    file: owner,
    find: 'this.#append(this.#group(records, waiter));',
    replace: 'waiter.durable(); this.#append(this.#group(records, silent));',
  },
  {
    name: 'let effects out before they are durable',
    breaks: 'W3',
    file: history,
    find: 'if (shared) pump.whenDurable(durably(() => dispatch.perform(handle, effects)));\n      else dispatch.perform(handle, effects);',
    replace: 'dispatch.perform(handle, effects);',
  },
  {
    name: 'let effects out when they are not durable',
    breaks: 'W3',
    file: pump,
    find: 'this.#waiters.failAll(fault);',
    replace: 'this.#waiters.releaseTo(Number.MAX_SAFE_INTEGER);',
  },
  {
    name: 'answer without a proof of ownership',
    breaks: 'W4',
    file: pump,
    find: 'const proof = this.#options.shared === undefined ? 0 : this.#writer.sealedOrdinal + 1;',
    replace: 'const proof = 0;',
  },
  {
    name: 'take an append that was under way for a proof of ownership',
    breaks: 'W4',
    file: pump,
    find: 'const proof = this.#options.shared === undefined ? 0 : this.#writer.sealedOrdinal + 1;',
    replace:
      'const proof = this.#options.shared === undefined ? 0 : Math.max(1, this.#writer.sealedOrdinal);',
  },
  {
    name: 'answer from the head of a node that may be none',
    breaks: 'W4',
    file: pump,
    find: 'else if (ordinal <= this.#writer.durableOrdinal) this.#waiters.release(waiter);',
    replace: 'else if (ordinal >= 0) this.#waiters.release(waiter);',
  },
  {
    name: 'prove nothing while nobody appends',
    breaks: 'W5',
    file: host,
    find: 'history.prove(this.#named ? proveEveryUs : lookUs);',
    replace: '',
  },
  {
    name: 'repeat a call that may have been carried out',
    breaks: 'routing',
    file: routedHistory,
    find: 'if (hinted.outcomeUnknown && !asking.repeatable) throw outcomeUnknown();',
    replace: '',
  },
  {
    name: 'take a lost call for one that was not carried out',
    breaks: 'routing',
    file: rpcRoutes,
    find: 'const never = (): boolean => false;',
    replace: 'const never = (): boolean => true;',
  },
];
