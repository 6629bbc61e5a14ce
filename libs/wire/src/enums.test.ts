// Every number of enums.ts against the published descriptors, by name.

import { describe, expect, test } from 'vitest';
import { publicEnum } from './descriptors.ts';
import * as enums from './enums.ts';

/** `TIMER_FIRED` for `TimerFired`. */
const upper = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();

describe.for(Object.entries(enums))('%s', ([name, members]) => {
  const published = publicEnum(`temporal.api.enums.v1.${name}`);
  test.for(Object.entries(members))('%s = %i', ([member, number]) => {
    expect(published[`${upper(name)}_${upper(member)}`]).toBe(number);
  });
});
