import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import type {
  CursorMove,
  IndexedRow,
  Namespaces,
  VisibilityBatch,
  VisibilityIndex,
} from '@perdure/ports';
import { expect, test } from 'vitest';
import type { RunHandle } from './run-handle.ts';
import { VisibilityFeed } from './visibility-feed.ts';

test('what a failed write did not bring is brought by the next one, and no cursor passes it', async () => {
  const written: { rows: readonly IndexedRow[]; offset: number; known: number; removed: number }[] =
    [];
  let fails = true;
  const index = {
    write: async ({ rows, cursor, removed }: VisibilityBatch) => {
      if (fails) throw new Error('the index is down');
      written.push({ rows, ...(cursor as CursorMove), removed: removed.length });
    },
  } as unknown as VisibilityIndex;
  const feed = new VisibilityFeed({
    index,
    clock: new ManualClock(),
    namespaces: { byId: () => undefined } as unknown as Namespaces,
    logPartition: 3,
    cursor: 4,
    onHalt: () => undefined,
  });
  const started = {
    key: 'a',
    deleted: false,
    open: true,
    state: {
      run: { namespaceId: 'n', workflowId: 'w', runId: 'a' },
      start: { workflowType: 't', taskQueue: 'q', startTimeUs: 1, executionTimeUs: 1 },
      progress: { version: 1 },
      memo: new Uint8Array(0),
      searchAttributes: new Uint8Array(0),
    },
  };
  feed.replayed(started as unknown as RunHandle, 7);
  feed.remove({ key: 'b', run: { namespaceId: 'n', workflowId: 'w', runId: 'b' } });
  await expect(feed.flushed()).rejects.toThrow('the index is down');
  expect(feed.cursor).toBe(4);
  fails = false;
  await feed.flushed();
  expect(written).toMatchObject([{ known: 4, offset: 7, removed: 1 }]);
  expect(written[0]?.rows).toHaveLength(1);
  expect(feed.cursor).toBe(7);
});
