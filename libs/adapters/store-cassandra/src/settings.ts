// How a server reaches its Cassandra, and what must be true there.

export interface CassandraSettings {
  /** host:port, at least one. The driver finds the other nodes by itself. */
  readonly contactPoints: readonly string[];
  /** Its nodes are the ones that are asked; quorums are of this datacenter. */
  readonly localDataCenter: string;
  readonly keyspace: string;
  /** Copies in each datacenter: what the keyspace is made with, and must have. */
  readonly replication: Readonly<Record<string, number>>;
  /** Makes the keyspace and brings its tables up to date; else a server only checks that somebody has. */
  readonly create: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
  };
  /** A request without an answer for so long counts as lost, ms. */
  readonly requestTimeoutMs?: number;
  /** Writes on their way at once, at most. */
  readonly writesMax?: number;
}

export const defaultRequestTimeoutMs = 10_000;
/** Beyond this a node only queues: 32 gave 0.8 of the rate of 256 at a seventh of its latency (one node, two cores). */
export const defaultWritesMax = 64;
