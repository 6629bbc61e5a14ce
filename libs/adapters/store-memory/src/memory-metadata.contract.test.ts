import { metadataContract } from '@perdure/ports/contract/metadata.contract';
import { createMemoryMetadata } from './memory-metadata.ts';

metadataContract('memory', async () => ({
  metadata: createMemoryMetadata(),
  close: () => Promise.resolve(),
}));
