// The Python SDK: each scenario of the drivers in this folder is a test of its name.

import { pythonEnvironment } from '@perdure/testing/harness';
import { beforeAll, describe, test } from 'vitest';
import { limitedServer } from '../../limited-server.ts';
import { serverUnderTest } from '../../server-under-test.ts';
import { ScenarioProcess, scenarioNames } from './scenario-process.ts';

const server = serverUnderTest();
const limited = limitedServer();
const environment = await pythonEnvironment();
const areas = [
  'workflows',
  'activities',
  'messages',
  'commands',
  'workers',
  'chains',
  'registry',
  'limits',
];
const processes = new Map<string, ScenarioProcess>();

beforeAll(() => {
  if (environment.kind === 'missing') return;
  for (const area of areas) {
    const { address } = area === 'limits' ? limited : server;
    processes.set(area, ScenarioProcess.start(environment.python, area, address));
  }
});

for (const area of areas) {
  describe(`python ${area}`, () => {
    for (const name of scenarioNames(area)) {
      test.skipIf(environment.kind === 'missing')(name, () => processes.get(area)?.outcome(name));
    }
  });
}
