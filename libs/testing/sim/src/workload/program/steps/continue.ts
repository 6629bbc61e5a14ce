// The end of a program that goes on in the next run of its chain: what signals came, memo and search attributes go with it.

import { type PropertiesChange, propertiesOf } from '@perdure/model';
import {
  type CommandInit,
  continueAsNew,
  jsonMemo,
  jsonPayloads,
  typedPayload,
} from '@perdure/testing/golden';
import type { Program } from '../program.ts';
import { type Step, stepKind } from '../step.ts';

export interface ContinueStep extends Step {
  readonly kind: 'continue';
  /** The rest. */
  readonly next: Program;
}

export const continued = stepKind<ContinueStep>({
  kind: 'continue',
  weight: 0,
  draw: () => ({ kind: 'continue', next: { steps: [] } }),
  next: ({ next }, { seen, before }) => {
    const { memo, searchAttributes } = propertiesOf([...seen.events, ...before.map(asEvent)]);
    const indexedFields = Object.fromEntries(
      Object.entries(searchAttributes).map(([name, value]) => [
        name,
        typedPayload('Keyword', value),
      ]),
    );
    return [
      continueAsNew({
        input: jsonPayloads({ ...next, carried: seen.signals }),
        memo: jsonMemo(memo),
        searchAttributes: { indexedFields },
      }),
    ];
  },
});

/** The change of properties that the command will be; no change for any other command. */
function asEvent(command: CommandInit): PropertiesChange {
  const { searchAttributes } = command.upsertWorkflowSearchAttributesCommandAttributes ?? {};
  const { upsertedMemo } = command.modifyWorkflowPropertiesCommandAttributes ?? {};
  return {
    ...(upsertedMemo && { workflowPropertiesModifiedEventAttributes: { upsertedMemo } }),
    ...(searchAttributes && {
      upsertWorkflowSearchAttributesEventAttributes: {
        searchAttributes: { indexedFields: searchAttributes.indexedFields ?? {} },
      },
    }),
  };
}
