import { expect, test } from 'vitest';
import { timeOrderedId } from './time-ordered-id.ts';

test('ids are UUIDs of version 7, none twice, and sort by time', async () => {
  const early = Array.from({ length: 1_000 }, timeOrderedId);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const late = Array.from({ length: 1_000 }, timeOrderedId);
  expect(new Set([...early, ...late]).size).toBe(2_000);
  for (const id of early) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  const [last, first] = [early.toSorted().at(-1) ?? '', late.toSorted()[0] ?? ''];
  expect(last < first).toBe(true);
});
