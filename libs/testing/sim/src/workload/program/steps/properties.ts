// Changes memo and search attributes of the run; a value of nothing removes one.

import {
  modifyMemo,
  readMemo,
  typedPayload,
  upsertSearchAttributes,
} from '@perdure/testing/golden';
import { type Step, stepKind } from '../step.ts';

interface PropertiesStep extends Step {
  readonly kind: 'properties';
  readonly value: number;
  /** Takes away what an earlier one wrote. */
  readonly removes: boolean;
}

export const properties = stepKind<PropertiesStep>({
  kind: 'properties',
  weight: 2,
  draw: (chance) => ({
    kind: 'properties',
    value: chance.below(1_000),
    removes: chance.happens(0.3),
  }),
  next: ({ value, removes }, { seen, index }) => {
    const mark = `step-${index}`;
    const isDone = seen.events.some(
      (event) => readMemo(event.workflowPropertiesModifiedEventAttributes?.upsertedMemo)[mark],
    );
    if (isDone) return 'over';
    const last = [
      modifyMemo({
        [mark]: typedPayload('', true),
        note: typedPayload('', removes ? undefined : value),
      }),
      upsertSearchAttributes({
        Tag: typedPayload('Keyword', removes ? undefined : `tag-${value}`),
      }),
    ];
    return { last };
  },
});
