// The records of one partition of a simulated Kafka, with all that ever stood in it.
//
// Offsets are dense. Records below the high watermark are safe: they never vanish. Those above it may, and then their
// offsets are given to others (K3).

/** A record of a partition, with what became of it. */
export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly appendedUs: number;
  /** Name of the host that sent it. */
  readonly process: string;
  /** The request that brought it; of a record that landed twice, both have the same. */
  readonly request: number;
  /** Since when it is on all replicas; null: not yet. */
  safeUs: number | null;
  /** When its process was told its offset; null: never. */
  acknowledgedUs: number | null;
  /** When it vanished; null: it did not. */
  lostUs: number | null;
}

/** What a reader may be shown. */
export interface KafkaMarks {
  readonly lowMark: number;
  readonly highWatermark: number;
}

export class KafkaRecords implements KafkaMarks {
  /** In the order of their appends, those that vanished too. */
  readonly everything: KafkaRecord[] = [];
  lowMark = 0;
  highWatermark = 0;
  /** Offsets below it were given out before. */
  highestEnd = 0;
  readonly #partition: number;
  /** By offset; trimmed ones stay for whoever knows all. */
  readonly #log: KafkaRecord[] = [];

  constructor(partition: number) {
    this.#partition = partition;
  }

  /** The offset that the next record gets. */
  get end(): number {
    return this.#log.length;
  }

  append(
    records: readonly Uint8Array[],
    by: { readonly process: string; readonly request: number; readonly nowUs: number },
  ): KafkaRecord[] {
    const appended = records.map(
      (bytes, index): KafkaRecord => ({
        partition: this.#partition,
        offset: this.end + index,
        bytes,
        appendedUs: by.nowUs,
        process: by.process,
        request: by.request,
        safeUs: null,
        acknowledgedUs: null,
        lostUs: null,
      }),
    );
    this.#log.push(...appended);
    this.highestEnd = Math.max(this.highestEnd, this.end);
    this.everything.push(...appended);
    return appended;
  }

  /** All below that offset is on all replicas. */
  makeSafe(end: number, nowUs: number): void {
    for (; this.highWatermark < Math.min(end, this.end); this.highWatermark += 1) {
      const record = this.#log[this.highWatermark];
      if (record !== undefined) record.safeUs ??= nowUs;
    }
  }

  /** The records from that offset upwards vanish. */
  truncate(end: number, nowUs: number): KafkaRecord[] {
    const lost = this.#log.splice(end);
    for (const record of lost) record.lostUs = nowUs;
    this.highWatermark = Math.min(this.highWatermark, this.end);
    this.lowMark = Math.min(this.lowMark, this.end);
    return lost;
  }

  /** Records from that offset, as a reader gets them; below the high watermark alone. */
  read(from: number, maxBytes: number, highWatermark: number): KafkaRecord[] {
    const found: KafkaRecord[] = [];
    let bytes = 0;
    for (let offset = from; offset < Math.min(highWatermark, this.end); offset++) {
      const record = this.#log[offset] as KafkaRecord;
      bytes += record.bytes.length;
      if (bytes > maxBytes && found.length > 0) break;
      found.push(record);
    }
    return found;
  }

  trim(offset: number): void {
    this.lowMark = Math.max(this.lowMark, Math.min(offset, this.highWatermark));
  }

  /** What stands at each offset, also below the low mark and above the high watermark. */
  get standing(): readonly KafkaRecord[] {
    return this.#log;
  }
}
