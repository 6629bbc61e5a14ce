import { expect, test } from 'vitest';
import { call } from '../fixtures/scripted-frontend.ts';
import { clientVersions } from './client-version.ts';

/** Ranges of one bound on the major version; enough to tell verdicts apart. */
function inRange(version: string, range: string): boolean | null {
  const major = /^(\d+)\.\d+\.\d+/.exec(version)?.[1];
  const bound = /^(<|>=)(\d+)\.0\.0$/.exec(range);
  if (major === undefined || bound === null) return null;
  const below = Number(major) < Number(bound[2]);
  return bound[1] === '<' ? below : !below;
}

const verdict = clientVersions(inRange);

test.each([
  [{}, undefined],
  [{ clientName: 'temporal-go', clientVersion: '1.34.0' }, undefined],
  [{ clientName: 'temporal-go' }, undefined],
  [{ clientName: 'temporal-ui', clientVersion: '2.40.0' }, undefined],
  [{ clientName: 'temporal-python', clientVersion: 'whatever' }, undefined],
  [{ clientName: 'constructor', clientVersion: '9.0.0' }, undefined],
  [{ supportedServerVersions: '>=1.0.0' }, undefined],
  [
    { clientName: 'temporal-go', clientVersion: '2.1.0' },
    {
      code: 'FAILED_PRECONDITION',
      message:
        'Client version 2.1.0 is not supported. Server supports temporal-go versions: <2.0.0',
      detail: {
        kind: 'clientVersionNotSupported',
        clientVersion: '2.1.0',
        clientName: 'temporal-go',
        supportedVersions: '<2.0.0',
      },
    },
  ],
  [
    { supportedServerVersions: '>=2.0.0' },
    {
      code: 'FAILED_PRECONDITION',
      message: 'Server version 1.32.0 is not supported. Client supports server versions: >=2.0.0',
      detail: {
        kind: 'serverVersionNotSupported',
        serverVersion: '1.32.0',
        clientSupportedServerVersions: '>=2.0.0',
      },
    },
  ],
  [
    { clientName: 'temporal-cli', clientVersion: 'new' },
    { code: 'INVALID_ARGUMENT', message: 'Unable to parse client version: new' },
  ],
  [
    { supportedServerVersions: 'all' },
    { code: 'INVALID_ARGUMENT', message: 'Unable to parse supported server versions: all' },
  ],
])('clientVersions judges %j', (from, expected) => {
  expect(verdict({ ...call, ...from })).toEqual(expected);
  expect(verdict({ ...call, ...from })).toEqual(expected);
});

test('a kind of client is judged once', () => {
  let judged = 0;
  const counting = clientVersions((version, range) => {
    judged += 1;
    return inRange(version, range);
  });
  for (let i = 0; i < 10; i++)
    counting({ ...call, clientName: 'temporal-go', clientVersion: '1.0.0' });
  expect(judged).toBe(1);
});
