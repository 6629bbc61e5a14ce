import { RejectionError, reject } from '@perdure/kernel';
import { beforeEach, expect, test } from 'vitest';
import { plainNamespaces } from '../../fixtures/plain-namespaces.ts';
import { startNamespace } from './fixed.ts';
import { Reclaim, type ReclaimOptions } from './reclaim.ts';

let runs: Map<string, string[]>;
let refused: Set<string>;
let timers: { us: number; go: () => void }[];
let troubles: string[];
let namespaces: ReturnType<typeof plainNamespaces>;
let reclaim: Reclaim;

const rpc = {
  ListWorkflowExecutions: async ({ namespaceId }: { namespaceId: string }) => ({
    executions: (runs.get(namespaceId) ?? [])
      .slice(0, 2)
      .map((runId) => ({ execution: { workflowId: 'w', runId } })),
  }),
  DeleteWorkflowExecution: async ({ namespaceId, request }: DeleteCall) => {
    const { runId } = request.workflowExecution;
    if (refused.has(runId)) throw new RejectionError(reject('FAILED_PRECONDITION', 'waits'));
    runs.set(
      namespaceId,
      (runs.get(namespaceId) ?? []).filter((id) => id !== runId),
    );
    return {};
  },
};
interface DeleteCall {
  readonly namespaceId: string;
  readonly request: { readonly workflowExecution: { readonly runId: string } };
}

beforeEach(() => {
  namespaces = plainNamespaces('kept', { ...startNamespace('gone'), state: 3 });
  runs = new Map([
    [idOf('kept'), ['k']],
    [idOf('gone'), ['a', 'b', 'c']],
  ]);
  refused = new Set();
  timers = [];
  troubles = [];
  reclaim = new Reclaim({
    namespaces,
    rpc: rpc as unknown as ReclaimOptions['rpc'],
    clock: {
      nowUs: () => 0,
      after: (us, go) => {
        timers.push({ us, go });
        return { cancel: () => undefined };
      },
    } as ReclaimOptions['clock'],
    onTrouble: (message) => troubles.push(message),
  });
});

const idOf = (name: string): string => startNamespace(name).id;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** The pause that was asked for, which is over. */
async function passed(): Promise<number | undefined> {
  await turn();
  const timer = timers.shift();
  timer?.go();
  await turn();
  return timer?.us;
}

test('the runs of a deleted namespace go page by page, then the namespace itself', async () => {
  reclaim.begin();
  reclaim.begin();
  await turn();
  expect(runs.get(idOf('gone'))).toEqual(['c']);
  expect(await passed()).toBe(100_000);
  expect(runs.get(idOf('gone'))).toEqual([]);
  expect(namespaces.byName('gone')).toBeDefined();
  await passed();
  expect(namespaces.byName('gone')).toBeUndefined();
  await passed();
  expect(timers).toEqual([]);
  expect(runs.get(idOf('kept'))).toEqual(['k']);
  expect(troubles).toEqual([]);
});

test('a run that must stay keeps the namespace, and is tried again later', async () => {
  refused.add('a').add('b');
  reclaim.begin();
  expect(await passed()).toBe(10_000_000);
  refused.clear();
  for (let rounds = 0; rounds < 4; rounds++) await passed();
  expect(namespaces.byName('gone')).toBeUndefined();
});

test('a fault is told and tried again, until the server ends', async () => {
  runs.get = () => {
    throw new Error('store');
  };
  reclaim.begin();
  expect(await passed()).toBe(10_000_000);
  expect(troubles).toEqual([
    'namespace gone could not be reclaimed',
    'namespace gone could not be reclaimed',
  ]);
  reclaim.stop();
  await passed();
  expect(troubles).toHaveLength(2);
});
