// Enum numbers as the words that people use: `WorkflowExecutionStarted`, `Running`.

import { fullEnum } from '@perdure/wire/full';

const labels = new Map<string, ReadonlyMap<number, string>>();

function labelsOf(enumName: string): ReadonlyMap<number, string> {
  let known = labels.get(enumName);
  if (known === undefined) {
    const prefix = `${enumName.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}_`;
    known = new Map(
      Object.entries(fullEnum(`temporal.api.enums.v1.${enumName}`)).map(([name, number]) => [
        number,
        pascal(name.startsWith(prefix) ? name.slice(prefix.length) : name),
      ]),
    );
    labels.set(enumName, known);
  }
  return known;
}

const pascal = (name: string): string =>
  name
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

export function enumLabel(enumName: string, value: number): string {
  return labelsOf(enumName).get(value) ?? String(value);
}

/** The number of a label, such as a choice of a flag. */
export function enumValue(enumName: string, label: string | undefined): number {
  if (label === undefined) return 0;
  const found = [...labelsOf(enumName)].find(([, known]) => known === label);
  if (found === undefined) throw new Error(`${enumName} has no ${label}`);
  return found[0];
}
