import { MemoryLog } from '@perdure/log-memory';
import { emptyFold, Metrics, StorageFault } from '@perdure/ports';
import { createMemoryStore, createMemoryVisibility } from '@perdure/store-memory';
import { expect, test } from 'vitest';
import { createExposition } from './exposition.ts';
import { meterStorage } from './metered-storage.ts';

function open() {
  const metrics = new Metrics();
  const storage = {
    log: new MemoryLog(),
    store: createMemoryStore(),
    visibility: createMemoryVisibility(),
  };
  const shown = async (start: string): Promise<readonly string[]> => {
    const { text } = await createExposition(metrics)();
    return text.split('\n').filter((line) => line.startsWith(start));
  };
  return { metrics, storage, shown };
}

test('calls do what they did, and are counted and timed by operation', async () => {
  const { metrics, storage, shown } = open();
  meterStorage(storage, metrics, null);
  expect(await storage.log.append([new Uint8Array(10)])).toBe(0);
  expect(await storage.log.endOffset()).toBe(1);
  await storage.store.write(emptyFold);
  expect(await storage.store.readApplied(0)).toBeNull();
  expect(await storage.store.readApplied(0)).toBeNull();
  expect(await storage.visibility.count('default', [])).toBe(0);
  expect(await shown('persistence_requests{')).toEqual(
    expect.arrayContaining([
      'persistence_requests{service_name="history",operation="WriteFold"} 1',
      'persistence_requests{service_name="history",operation="ReadApplied"} 2',
    ]),
  );
  expect(await shown('visibility_persistence_requests{')).toContain(
    'visibility_persistence_requests{service_name="history",operation="CountWorkflowExecutions"} 1',
  );
  expect(await shown('perdure_log_appends')).toEqual([
    'perdure_log_appends{service_name="history"} 1',
  ]);
  expect(await shown('perdure_log_append_latency_count')).toEqual([
    'perdure_log_append_latency_count{service_name="history"} 1',
  ]);
});

test('a call that fails fails as before, and is counted with the kind of its fault', async () => {
  const { metrics, storage, shown } = open();
  storage.store.readWorkflow = () => Promise.reject(new StorageFault('io', 'the disk is gone'));
  meterStorage(storage, metrics, null);
  await expect(storage.store.readWorkflow('n', 'w')).rejects.toThrow('the disk is gone');
  expect(await shown('persistence_errors{')).toEqual([
    'persistence_errors{service_name="history",operation="ReadWorkflow"} 1',
  ]);
  expect(await shown('persistence_error_with_type{')).toEqual([
    'persistence_error_with_type{service_name="history",operation="ReadWorkflow",error_type="io"} 1',
  ]);
});
