import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import type { DynamicConfig, Namespaces, Store, TaskOffer, VisibilityIndex } from '@perdure/ports';
import { expect, test } from 'vitest';
import { openHistory } from './history.ts';
import type { HistoryOptions } from './history-options.ts';
import { SharedLog, SharedLogPort } from './log/shared-log.fixture.ts';
import { onlyPlace } from './owner/place.ts';

test('an opening that fails after its Announce leaves nothing behind: a cluster opens again and again', async () => {
  const clock = new ManualClock();
  const log = new SharedLogPort(new SharedLog());
  log.immediate = true;
  const store: Partial<Store> = {
    readApplied: async () => null,
    readQuarantine: async () => [],
    oldestWakeBucket: async () => {
      throw new Error('no store');
    },
  };
  const config = { generation: 1, value: () => 1_000 } as unknown as DynamicConfig;
  const options: Partial<HistoryOptions> = {
    clock,
    config,
    log,
    recordBytesMax: 100_000,
    place: onlyPlace,
    claim: {
      generation: 1,
      newNonce: () => 'me',
      lastTried: 0,
      onTried: () => undefined,
      wanted: () => true,
      pauseUs: () => 0,
      onAnnounced: () => undefined,
      onFenced: () => undefined,
      onUnknown: () => undefined,
      onSettled: () => undefined,
    },
    store: store as Store,
    visibility: { readCursor: async () => null } as unknown as VisibilityIndex,
    namespaces: { byId: () => null } as unknown as Namespaces,
    matching: { offer: (_offer: TaskOffer) => 'taken' } as unknown as HistoryOptions['matching'],
    tokenKey: new Uint8Array(32),
    owner: 'me',
    newId: () => 'id',
    onHalt: () => undefined,
    onTrouble: () => undefined,
  };
  await expect(openHistory(options as HistoryOptions)).rejects.toThrow('no store');
  expect(log.log.records.length).toBe(1);
  for (let hours = 0; hours < 3; hours++) {
    clock.advance(3_600_000_000);
    await clock.turn();
  }
  expect(clock.timerCount).toBe(0);
});
