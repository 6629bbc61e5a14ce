import { storeContract } from '@perdure/ports/contract/store.contract';
import { Host } from '../agenda.ts';
import { newBackends } from './cluster-fixture.ts';
import { promptly } from './promptly.ts';

for (const replicas of [1, 3]) {
  storeContract(`simulated Cassandra, ${replicas} replicas`, async () => {
    const { agenda, cassandra } = newBackends({}, 1, { brokers: replicas });
    const open = () => promptly(agenda, cassandra.portFor(new Host('n1/1')));
    return { store: open(), again: async () => open() };
  });
}
