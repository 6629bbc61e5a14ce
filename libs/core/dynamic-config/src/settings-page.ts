// docs/dynamic-config.md, written from the table.

import { usPerHour, usPerMinute, usPerMs, usPerSecond } from '@perdure/kernel';
import { embeddedValues } from './embedded-layer.ts';
import { knownNames } from './known-names.ts';
import { type SettingName, settingNames, settingOf } from './registry.ts';
import type { Reach, RetryDefaults, Setting } from './setting.ts';

const intro = `# Dynamic configuration

Settings that may change while the server runs. Written by \`npm run settings\` from
[the table](../libs/core/dynamic-config/src/registry.ts); how limits work is told in
[architecture/limits.md](architecture/limits.md).

\`\`\`yaml
# perdure server start-dev --dynamic-config-file settings.yaml   (or DYNAMIC_CONFIG_FILE_PATH=settings.yaml)
frontend.namespaceRPS:
  - value: 500
  - value: 50
    constraints: { namespace: tests }
matching.longPollExpirationInterval:
  - value: 20s
    constraints: { namespace: tests, taskQueueName: orders, taskType: Activity }
\`\`\`

- The file has the format of Temporal's. Names are the same in upper and lower case.
- The file is read again within 10 s after it changed. One that cannot be used is named in one line, at the start and later; later the
  values of before stay.
- \`--dynamic-config-value KEY=JSON\` wins over the file and holds for everybody.
- The most specific value wins: a queue's name counts for more than a namespace, a namespace for more than a type of queue.
- A setting that nobody knows is warned of, with the name that was probably meant. One that Temporal has and that means nothing here (the
  list at the end) is taken without a word.
- Durations: \`250ms\`, \`10s\`, \`1h30m\`, \`2d\`, or a number of seconds.

"start-dev" is the default of a server in one process where it differs. "At the start" is read once.
`;

export function settingsPage(): string {
  const rows = [...settingNames]
    .sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1))
    .map((name) => row(name, settingOf(name)));
  const table = [
    '| Setting | Default | start-dev | Per | What |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  return `${intro}\n${table}\n\n## Without effect\n\n${withoutEffect()}\n`;
}

const perText: Readonly<Record<Reach, string>> = {
  all: 'server',
  namespace: 'namespace',
  taskQueue: 'task queue',
};

function row(name: SettingName, setting: Setting<unknown>): string {
  const own = embeddedValues[name];
  const cells = [
    `\`${name}\``,
    text(setting, setting.default),
    own === undefined ? '' : text(setting, own),
    perText[setting.reach],
    setting.description + (setting.atStart ? ' At the start.' : ''),
  ];
  return `| ${cells.join(' | ')} |`;
}

function text(setting: Setting<unknown>, value: unknown): string {
  switch (setting.type) {
    case 'int':
    case 'float':
      return `${(value as number).toLocaleString('en')}${setting.unit === '' ? '' : ` ${setting.unit}`}`;
    case 'bool':
      return String(value);
    case 'duration':
      return durationText(value as number);
    case 'retryPolicy':
      return retryText(value as RetryDefaults);
  }
}

const units = [
  [usPerHour, 'h'],
  [usPerMinute, 'm'],
  [usPerSecond, 's'],
  [usPerMs, 'ms'],
] as const;

/** In the largest unit that leaves no rest. */
function durationText(us: number): string {
  if (us === 0) return '0';
  const [size, unit] = units.find(([size]) => us % size === 0) ?? [1, 'us'];
  return `${us / size}${unit}`;
}

function retryText(policy: RetryDefaults): string {
  return [
    durationText(policy.initialIntervalUs),
    `x${policy.backoffCoefficient}`,
    `up to x${policy.maximumIntervalCoefficient}`,
    policy.maximumAttempts === 0 ? 'without end' : `${policy.maximumAttempts} attempts`,
  ].join(', ');
}

function withoutEffect(): string {
  const names = [...knownNames].sort().map((name) => `\`${name}\``);
  return names.join(',\n');
}
