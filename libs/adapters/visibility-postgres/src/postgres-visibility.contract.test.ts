import { postgresPart, sharedPart } from '@perdure/parts';
import { visibilityContract } from '@perdure/ports/contract/visibility.contract';
import { describe } from 'vitest';
import { FreshDatabases } from '../fixtures/fresh-databases.ts';
import { openPostgresVisibility } from './postgres-visibility.ts';

const found = await sharedPart(postgresPart);

describe.skipIf(found.kind === 'missing')('on a real server', () => {
  const databases = new FreshDatabases(found);

  visibilityContract('PostgreSQL', async () => {
    const options = { connectionString: await databases.create() };
    return {
      index: await openPostgresVisibility(options),
      again: () => openPostgresVisibility(options),
    };
  });
});
