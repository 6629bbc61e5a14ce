import { defaultRunLimits } from '@perdure/core-execution';
import { expect, test } from 'vitest';
import { LayeredConfig } from './layered-config.ts';
import { runLimits } from './run-limits.ts';

test('runLimits of the defaults are those that the core has for itself', () => {
  expect(runLimits(new LayeredConfig(), 'n')).toEqual(defaultRunLimits);
});
