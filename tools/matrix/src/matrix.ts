// The compatibility matrix as Markdown: a row for each feature, with the number of its tests for each SDK.

import { type Sdk, sdks, type Title } from './titles.ts';

export const matrixPath = 'docs/compatibility.md';

const intro = `# Compatibility

What is tested with the official SDKs, which run unchanged: the number of tests of each feature. Each test checks the
result and the event history. Written by \`npm run matrix\` from the titles of the tests in
[tests/compat](../tests/compat); to change it, change those.
`;

interface Feature {
  readonly area: string;
  readonly feature: string;
  readonly tests: Readonly<Record<Sdk, number>>;
}

export function renderMatrix(titles: readonly Title[]): string {
  const total = sdks.map((sdk) => String(titles.filter((title) => title.sdk === sdk).length));
  const rows = featuresOf(titles).map(({ area, feature, tests }) => [
    area,
    feature,
    ...sdks.map((sdk) => (tests[sdk] === 0 ? '' : String(tests[sdk]))),
  ]);
  const lines = [
    ['Area', 'Feature', ...sdks],
    ['---', '---', ...sdks.map(() => '--:')],
    ...rows,
    ['', 'all', ...total],
  ];
  return `${intro}\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function featuresOf(titles: readonly Title[]): Feature[] {
  const features = new Map<string, { area: string; feature: string; tests: Record<Sdk, number> }>();
  for (const { sdk, area, feature } of titles) {
    const key = `${area} / ${feature}`;
    const found = features.get(key) ?? { area, feature, tests: { TypeScript: 0, Python: 0 } };
    found.tests[sdk] += 1;
    features.set(key, found);
  }
  return [...features]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, feature]) => feature);
}
