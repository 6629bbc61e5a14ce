// Whether one value is what a condition asks for.

import type { AttributeValue, Sign } from './filter.ts';

export function holds(
  held: AttributeValue,
  sign: Sign,
  values: readonly AttributeValue[],
): boolean {
  const [first = held, second = held] = values;
  switch (sign) {
    case '=':
      return held === first;
    case '!=':
      return held !== first;
    case '<':
      return held < first;
    case '<=':
      return held <= first;
    case '>':
      return held > first;
    case '>=':
      return held >= first;
    case 'in':
      return values.includes(held);
    case 'between':
      return held >= first && held <= second;
  }
}
