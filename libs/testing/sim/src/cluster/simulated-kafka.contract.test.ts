import { logContract } from '@perdure/ports/contract/log.contract';
import { Agenda, Host } from '../agenda.ts';
import { Sightings } from '../sightings.ts';
import { Trace } from '../trace.ts';
import { Backends } from './backends.ts';
import { noClusterFaults } from './cluster-plan.ts';
import { promptly } from './promptly.ts';

for (const brokers of [1, 3]) {
  logContract(`simulated Kafka, ${brokers} brokers`, async () => {
    const agenda = new Agenda(1e15);
    const { kafka } = new Backends({
      agenda,
      trace: new Trace(() => agenda.nowUs, false),
      sightings: new Sightings(),
      seed: 1,
      plan: noClusterFaults,
      logPartitions: 4,
      brokers,
      replicas: brokers,
    });
    return { log: promptly(agenda, kafka.portFor(new Host('n1/1')).partition(2)) };
  });
}
