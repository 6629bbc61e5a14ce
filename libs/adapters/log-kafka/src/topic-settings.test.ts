import { expect, test } from 'vitest';
import { settingsFor, topicMistakes } from './topic-settings.ts';

const needs = { partitionCount: 32, recordBytesMax: 1 << 20, minInSyncReplicas: 2 };
const good = { topic: 'log', partitionCount: 32, replicas: 3, settings: settingsFor(needs) };
const withSettings = (settings: Record<string, string>) => ({
  ...good,
  settings: { ...good.settings, ...settings },
});

test('a topic with the settings that it is made with has no mistake, nor one with more than is needed', () => {
  expect(topicMistakes(good, needs)).toEqual([]);
  const more = withSettings({ 'max.message.bytes': '8388608', 'min.insync.replicas': '3' });
  expect(topicMistakes({ ...more, partitionCount: 64 }, needs)).toEqual([]);
});

test.each([
  ['cleanup.policy', 'compact', 'set it to delete'],
  ['cleanup.policy', 'compact,delete', 'set it to delete'],
  ['retention.ms', '604800000', 'set it to -1'],
  ['retention.bytes', '1073741824', 'set it to -1'],
  ['message.timestamp.type', 'CreateTime', 'set it to LogAppendTime'],
  ['unclean.leader.election.enable', 'true', 'set it to false'],
  ['min.insync.replicas', '1', 'set it to 2'],
  ['min.insync.replicas', '4', 'set it to at most 3'],
  ['max.message.bytes', '1048588', 'set it to at least 1048704'],
])('%s of %s is one line with the value and the cure', (name, value, cure) => {
  const mistakes = topicMistakes(withSettings({ [name]: value }), needs);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(`topic log: ${name} is ${value}: `);
  expect(mistakes[0]).toMatch(cure);
});

test('too few partitions are a mistake; every mistake has a line of its own', () => {
  const found = withSettings({ 'retention.ms': '1', 'cleanup.policy': 'compact' });
  const mistakes = topicMistakes({ ...found, partitionCount: 31 }, needs);
  expect(mistakes.map((line) => line.slice(0, 28))).toEqual([
    'topic log: it has 31 partiti',
    'topic log: cleanup.policy is',
    'topic log: retention.ms is 1',
  ]);
});

test('a setting that the broker does not tell is a mistake', () => {
  const mistakes = topicMistakes({ ...good, settings: {} }, needs);
  expect(mistakes).toHaveLength(7);
  expect(mistakes.every((line) => line.includes('is not known'))).toBe(true);
});
