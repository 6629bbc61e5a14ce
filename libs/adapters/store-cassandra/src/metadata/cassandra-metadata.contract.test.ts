import {
  type MetadataUnderTest,
  metadataContract,
} from '@perdure/ports/contract/metadata.contract';
import { describe } from 'vitest';
import { openCassandra } from '../open.ts';
import { execute, freshSettings, missing } from '../real-cassandra.fixture.ts';

const settings = freshSettings();

describe.skipIf(missing !== null)(
  `a real Cassandra${missing === null ? '' : `: ${missing}`}`,
  () => {
    metadataContract('Cassandra', async () => {
      const under = await open();
      await execute(`TRUNCATE ${settings.keyspace}.metadata`);
      return under;
    });
  },
);

async function open(): Promise<MetadataUnderTest> {
  const { store, metadata } = await openCassandra(settings);
  return { metadata, close: () => store.close(), again: open };
}
