// The settings of the log's topic without which the log would lose, hide or reorder records. Checked at start: each mistake
// is one line that names the setting, its value and the cure.

export interface TopicNeeds {
  readonly partitionCount: number;
  readonly recordBytesMax: number;
  readonly minInSyncReplicas: number;
}

export interface FoundTopic {
  readonly topic: string;
  readonly partitionCount: number;
  /** Of the partition that has the fewest. */
  readonly replicas: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** What a batch of one record adds to it at most: a header of 61 bytes, and up to 28 for the record. */
export const batchOverhead = 128;

/** The settings that a topic of ours is made with. */
export function settingsFor({
  recordBytesMax,
  minInSyncReplicas,
}: TopicNeeds): Record<string, string> {
  return {
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'min.insync.replicas': String(minInSyncReplicas),
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(recordBytesMax + batchOverhead),
    'unclean.leader.election.enable': 'false',
    'compression.type': 'producer',
  };
}

/** Why each value must be as `settingsFor` has it. */
const reasons: Readonly<Record<string, string>> = {
  'cleanup.policy': 'compaction leaves holes in the offsets',
  'retention.ms': 'records would go by their age before they are applied',
  'retention.bytes': 'records would go by the size of the log before they are applied',
  'message.timestamp.type':
    "records must bear the broker's time, which the clock guard compares with",
  'unclean.leader.election.enable':
    'a broker that lags would lead, and acknowledged records would be gone',
};

/** One line for each mistake; none when the topic is as the log needs it. */
export function topicMistakes(found: FoundTopic, needs: TopicNeeds): string[] {
  const { topic, partitionCount, replicas, settings } = found;
  const mistakes: string[] = [];
  const wrong = (name: string, why: string, cure: string): void => {
    mistakes.push(`topic ${topic}: ${name} is ${settings[name] ?? 'not known'}: ${why}; ${cure}`);
  };
  if (partitionCount < needs.partitionCount) {
    const { partitionCount: wanted } = needs;
    mistakes.push(
      `topic ${topic}: it has ${partitionCount} partitions: the map of blocks names ${wanted}; ` +
        `give it ${wanted} (kafka-topics --alter --partitions ${wanted})`,
    );
  }
  const wanted = settingsFor(needs);
  for (const [name, why] of Object.entries(reasons)) {
    const value = wanted[name] as string;
    if (settings[name] !== value) wrong(name, why, `set it to ${value}`);
  }
  const inSync = Number(settings['min.insync.replicas']);
  if (!(inSync >= needs.minInSyncReplicas)) {
    const why = 'acknowledged records would be on fewer brokers than configured';
    wrong('min.insync.replicas', why, `set it to ${needs.minInSyncReplicas}`);
  } else if (inSync > replicas) {
    const why = `the topic has ${replicas} replicas, so that nothing could be appended`;
    wrong('min.insync.replicas', why, `set it to at most ${replicas}, or add replicas`);
  }
  const bytes = needs.recordBytesMax + batchOverhead;
  if (!(Number(settings['max.message.bytes']) >= bytes)) {
    const why = `records of up to ${needs.recordBytesMax} bytes are configured`;
    wrong('max.message.bytes', why, `set it to at least ${bytes}`);
  }
  return mistakes;
}
