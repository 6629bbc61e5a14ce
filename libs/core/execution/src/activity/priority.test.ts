import { type Priority, priorityCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { effectivePriority } from './priority.ts';

const encode = priorityCodec.encode;
const own = (init: Partial<Priority>): Priority => priorityCodec.decode(encode(init));

test('effectivePriority takes each field that an activity leaves open from the workflow', () => {
  const ofWorkflow = encode({ priorityKey: 2, fairnessKey: 'tenant', fairnessWeight: 4 });
  const none = encode({});
  expect(effectivePriority(ofWorkflow, null)).toBe(ofWorkflow);
  expect(effectivePriority(none, null)).toBe(none);
  expect(effectivePriority(none, own({ priorityKey: 1 }))).toEqual(encode({ priorityKey: 1 }));
  const merged = priorityCodec.decode(effectivePriority(ofWorkflow, own({ priorityKey: 1 })));
  expect(merged).toMatchObject({ priorityKey: 1, fairnessKey: 'tenant', fairnessWeight: 4 });
  const other = effectivePriority(ofWorkflow, own({ fairnessKey: 'other', fairnessWeight: 1 }));
  expect(priorityCodec.decode(other)).toMatchObject({
    priorityKey: 2,
    fairnessKey: 'other',
    fairnessWeight: 1,
  });
});
