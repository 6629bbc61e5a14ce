import { type StoreUnderTest, storeContract } from '@perdure/ports/contract/store.contract';
import { describe } from 'vitest';
import { openCassandra } from '../open.ts';
import { DirtyTables, freshSettings, missing } from '../real-cassandra.fixture.ts';

const settings = freshSettings();
const tables = new DirtyTables(settings.keyspace);

describe.skipIf(missing !== null)(
  `a real Cassandra${missing === null ? '' : `: ${missing}`}`,
  () => {
    storeContract('Cassandra', begin);
  },
);

async function begin(): Promise<StoreUnderTest> {
  const again = async () => tables.watch((await openCassandra(settings)).store);
  const store = await again();
  await tables.empty();
  return { store, again, beside: again };
}
