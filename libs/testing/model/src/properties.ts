// Memo and search attributes of a run, as its history makes them.

import { readMemo, readPayload } from '@perdure/testing/golden';

export interface Properties {
  readonly memo: Readonly<Record<string, unknown>>;
  readonly searchAttributes: Readonly<Record<string, unknown>>;
}

interface Attributes {
  readonly searchAttributes?: {
    readonly indexedFields: Readonly<Record<string, Uint8Array>>;
  } | null;
}

/** An event, as far as it says anything of them. */
export interface PropertiesChange {
  readonly workflowExecutionStartedEventAttributes?:
    | (Attributes & { readonly memo: Uint8Array })
    | null;
  readonly workflowPropertiesModifiedEventAttributes?: {
    readonly upsertedMemo: Uint8Array;
  } | null;
  readonly upsertWorkflowSearchAttributesEventAttributes?: Attributes | null;
}

/** A value of nothing removes its key. */
const removed = /^binary\/null/;

export function propertiesOf(events: readonly PropertiesChange[]): Properties {
  const memo = new Map<string, unknown>();
  const searchAttributes = new Map<string, unknown>();
  for (const event of events) {
    const started = event.workflowExecutionStartedEventAttributes;
    const modified = event.workflowPropertiesModifiedEventAttributes;
    const upserted = event.upsertWorkflowSearchAttributesEventAttributes;
    merge(memo, readMemo(started?.memo ?? modified?.upsertedMemo));
    const fields = (started ?? upserted)?.searchAttributes?.indexedFields ?? {};
    merge(searchAttributes, valuesOf(fields));
  }
  return { memo: Object.fromEntries(memo), searchAttributes: Object.fromEntries(searchAttributes) };
}

/** The values of encoded payloads. */
export function valuesOf(fields: Readonly<Record<string, Uint8Array>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, payload]) => [name, readPayload(payload)]),
  );
}

/** The same values, as text: for comparing. */
export function propertiesText({ memo, searchAttributes }: Properties): string {
  const sorted = (values: Readonly<Record<string, unknown>>): unknown =>
    Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(memo), sorted(searchAttributes)]);
}

function merge(into: Map<string, unknown>, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && removed.test(value)) into.delete(name);
    else into.set(name, value);
  }
}
