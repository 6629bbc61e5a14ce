import { metadataContract } from '@perdure/ports/contract/metadata.contract';
import { visibilityContract } from '@perdure/ports/contract/visibility.contract';
import { createMemoryMetadata, createMemoryVisibility } from '@perdure/store-memory';
import { Host } from '../agenda.ts';
import { newBackends } from './cluster-fixture.ts';
import { promptly } from './promptly.ts';

metadataContract('simulated, shared', async () => {
  const { agenda, shared } = newBackends();
  const port = shared.portFor(new Host('n1/1'), 'metadata', createMemoryMetadata());
  return { metadata: promptly(agenda, port), close: () => Promise.resolve() };
});

visibilityContract('simulated, shared', async () => {
  const { agenda, shared } = newBackends();
  const port = shared.portFor(new Host('n1/1'), 'visibility', createMemoryVisibility());
  return { index: promptly(agenda, port) };
});
