import { storeContract } from '@perdure/ports/contract/store.contract';
import { createMemoryStore } from './memory-store.ts';

storeContract('memory', async () => ({ store: createMemoryStore() }));
