// Bugs between a log and a store that are shared: the checkpoint, rows and their clocks, reads, the index (L8, L9, M1-M4,
// M7-M10 of the protocols).

import type { ClusterBug } from '../plant.ts';

const batch = 'services/history/src/owner/fold-batch.ts';
const asked = 'services/history/src/node/asked-history.ts';
const feed = 'services/history/src/owner/visibility-feed.ts';
const folder = 'services/history/src/owner/folder.ts';
const foldWriter = 'services/history/src/owner/fold-writer.ts';
const historyReader = 'services/history/src/owner/history-reader.ts';
const index = 'libs/adapters/store-memory/src/memory-visibility.ts';
const ledger = 'libs/core/shard/src/frame-ledger.ts';
const loader = 'services/history/src/owner/loader.ts';
const recovery = 'services/history/src/owner/recovery.ts';
const retention = 'services/history/src/owner/retention.ts';
const takeOver = 'services/history/src/log/take-over.ts';
const wakeIndex = 'services/history/src/owner/wake-index.ts';
const workflowEntry = 'services/history/src/owner/workflow-entry.ts';

export const clusterStoreBugs: readonly ClusterBug[] = [
  {
    name: 'let the checkpoint pass a transition that is not written',
    breaks: 'L8',
    file: ledger,
    find: 'if (head.missing > 0 || head.partial) break;',
    replace: 'if (head.partial) break;',
  },
  {
    name: 'trim the frame that the checkpoint names',
    breaks: 'L8',
    file: folder,
    find: 'await log.trim(trimBound(applied, []));',
    replace: 'await log.trim(trimBound(applied, []) + 1);',
  },
  {
    name: 'halt when another owner has trimmed what was to be replayed',
    breaks: 'L8',
    file: takeOver,
    find: 'if (newer === null || newer.offset <= (applied?.offset ?? -1)) throw fault;',
    replace: 'if (newer !== undefined) throw fault;',
  },
  {
    name: 'replay from the checkpoint that was read before the log was trimmed',
    breaks: 'L8',
    file: takeOver,
    find: 'const fault = boundsFault(applied, await partition.lowMark(), null);',
    replace:
      'const low = await partition.lowMark();\n  const fault = boundsFault(applied, Math.min(low, applied?.offset ?? 0), null);',
    also: [
      {
        file: takeOver,
        find: 'let offset = applied?.offset ?? 0;',
        replace: 'let offset = Math.max(low, applied?.offset ?? 0);',
      },
    ],
  },
  {
    name: 'carry out no deletion that is replayed',
    breaks: 'L9',
    file: recovery,
    find: 'fold(handle.state, body.delta);\n  handle.deleted = body.deletes;',
    replace:
      'if (body.deletes) {\n    owner.ledger.stored(place.frame);\n    return;\n  }\n  fold(handle.state, body.delta);\n  handle.deleted = body.deletes;',
  },
  {
    name: 'write rows with the time of the write',
    breaks: 'M1',
    file: foldWriter,
    find: 'const atPresent = wakeAtPresent(batch, owner.clock.nowUs());',
    replace:
      'const clock = owner.clock.nowUs();\n      const present = wakeAtPresent(batch, clock);\n      const atPresent = { ...present, runStates: present.runStates.map((row) => ({ ...row, clock })) };',
  },
  {
    name: 'write the state of an id with the time of the write',
    breaks: 'M1',
    file: foldWriter,
    find: 'const atPresent = wakeAtPresent(batch, owner.clock.nowUs());',
    replace:
      'const clock = owner.clock.nowUs();\n      const present = wakeAtPresent(batch, clock);\n      const atPresent = { ...present, workflows: present.workflows.map((row) => ({ ...row, clock })) };',
  },
  {
    name: 'remove a run without a clock',
    breaks: 'M1',
    file: batch,
    find: 'return { run, block, logPartition, clock: (transitions.at(-1) as UnappliedTransition).clock };',
    replace: 'return { run, block, logPartition, clock: transitions.length };',
  },
  {
    name: 'return overlapping rows of a history twice',
    breaks: 'M2',
    file: historyReader,
    find: 'if (row.lastEventId < next || next >= to || bytes >= range.maxBytes) continue;\n      const part = cut(row.events, row.firstEventId, row.lastEventId, next, to);',
    replace:
      'if (row.lastEventId < range.from || bytes >= range.maxBytes) continue;\n      const part = cut(row.events, row.firstEventId, row.lastEventId, Math.max(row.firstEventId, range.from), to);',
  },
  {
    name: 'skip a row of a history that overlaps the one before',
    breaks: 'M2',
    file: historyReader,
    find: 'if (row.lastEventId < next || next >= to || bytes >= range.maxBytes) continue;',
    replace:
      'if (row.lastEventId < next || (parts.length > 0 && row.firstEventId < next) || next >= to || bytes >= range.maxBytes) continue;',
  },
  {
    name: 'write the checkpoint before the rows that it counts',
    breaks: 'M3',
    file: foldWriter,
    find: 'await store.write(atPresent);',
    replace:
      'await store.write({ ...emptyFold, applied: atPresent.applied });\n        await store.write({ ...atPresent, applied: null });',
    also: [
      {
        file: foldWriter,
        find: "import { type FoldBatch, type Store, StoreUnavailable } from '@perdure/ports';",
        replace:
          "import { emptyFold, type FoldBatch, type Store, StoreUnavailable } from '@perdure/ports';",
      },
      {
        file: folder,
        find: 'if (frame !== null) owner.ledger.stored(frame);',
        replace: '',
      },
      {
        file: folder,
        find: 'const writtenBucket = await this.#persist(',
        replace:
          'for (const { frame } of taken.flatMap((run) => run.transitions)) if (frame !== null) owner.ledger.stored(frame);\n    const writtenBucket = await this.#persist(',
      },
    ],
  },
  {
    name: 'write the state of a run before its history',
    breaks: 'M3',
    file: foldWriter,
    find: 'await store.write(atPresent);',
    replace:
      'await store.write({ ...emptyFold, runStates: atPresent.runStates });\n        await store.write({ ...atPresent, runStates: [] });',
    also: [
      {
        file: foldWriter,
        find: "import { type FoldBatch, type Store, StoreUnavailable } from '@perdure/ports';",
        replace:
          "import { emptyFold, type FoldBatch, type Store, StoreUnavailable } from '@perdure/ports';",
      },
    ],
  },
  {
    name: 'take a write that failed for done',
    breaks: 'M3',
    file: foldWriter,
    find: 'if (this.#stopped || (tries >= 2 && !returns)) throw fault;',
    replace: 'if (returns) return atPresent;\n        if (tries >= 2) throw fault;',
  },
  {
    name: 'store a workflow id without its request ids',
    breaks: 'M4',
    file: workflowEntry,
    find: 'return encodeWorkflowState(this.currentRunId, this.keys.live(nowUs));',
    replace:
      'return encodeWorkflowState(this.currentRunId, nowUs > 0 ? [] : this.keys.live(nowUs));',
  },
  {
    name: 'delete for its age what is younger than the retention',
    breaks: 'M7',
    file: retention,
    find: 'const beforeUs = clock.nowUs() - retentionUs;',
    replace: 'const beforeUs = clock.nowUs() - Math.min(retentionUs, 1_000_000);',
  },
  {
    name: 'take a workflow id for new without a read',
    breaks: 'M8',
    file: loader,
    find: 'const row = await this.#store.readWorkflow(namespaceId, workflowId);',
    replace:
      'const row = workflowId.length > 0 ? null : await this.#store.readWorkflow(namespaceId, workflowId);',
  },
  {
    name: 'take a workflow id for new that cannot be read',
    breaks: 'M8',
    file: loader,
    find: 'const row = await this.#store.readWorkflow(namespaceId, workflowId);',
    replace:
      'const row = await this.#store.readWorkflow(namespaceId, workflowId).catch(() => null);',
  },
  {
    name: 'take a run for absent that cannot be read',
    breaks: 'M10',
    file: loader,
    find: 'const row = await this.#store.readRunState(run);',
    replace: 'const row = await this.#store.readRunState(run).catch(() => null);',
  },
  {
    name: 'let the cursor of the index pass rows that were not written',
    breaks: 'M9',
    file: feed,
    find: 'this.#putBack(rows, removed);',
    replace: '',
    also: [{ file: feed, find: 'throw fault;', replace: 'this.#cursor = offset;' }],
  },
  {
    name: 'let an older row of the index win',
    breaks: 'M9',
    file: index,
    find: 'if (held !== undefined && row.version <= held.row.version) {',
    replace: 'if (held !== undefined && row.version < 0) {',
  },
  {
    name: 'bring no removed run out of the index',
    breaks: 'M9',
    file: feed,
    find: 'this.#removed.set(key, run);\n    this.#flushLater();',
    replace: 'this.#flushLater();',
  },
  {
    name: 'let the checkpoint pass what the index lacks',
    breaks: 'M9',
    file: folder,
    find: 'if (applied !== null && applied.offset > this.#options.storedElsewhere()) {',
    replace: 'if (applied !== null && applied.offset < -1) {',
  },
  {
    name: 'lose a fold when the store is away',
    breaks: 'M10',
    file: foldWriter,
    find: 'if (this.#stopped || (tries >= 2 && !returns)) throw fault;',
    replace: 'if (this.#stopped || tries >= 0) return atPresent;',
  },
  {
    name: 'answer another node INTERNAL when the store is away',
    breaks: 'M10',
    file: asked,
    find: "return new RejectionError(reject(storage ? 'UNAVAILABLE' : 'INTERNAL', message));",
    replace: "return new RejectionError(reject('INTERNAL', message));",
  },
  {
    name: 'give the partition up when the wake index cannot be read',
    breaks: 'M10',
    file: wakeIndex,
    find: 'if (fault instanceof StoreUnavailable) this.#upkeepLater();\n          else',
    replace: '',
  },
];
