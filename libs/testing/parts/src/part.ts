// What a real part of the product's surroundings is to a test: an address, and where it came from.
//
// P1. In this order: an address given by the environment, a container if a container runtime answers, a process on this machine.
// P2. A machine that has none of them yields `missing` with a reason: tests skip themselves, loudly, and fail where CI=true.
// P3. A part that could be had and did not start is an error, never a skip.

export interface PartAddress {
  readonly host: string;
  readonly port: number;
  readonly origin: 'given' | 'container' | 'process';
  /** Processes of a part of origin `process`, to stop and go on by signal; else empty. */
  readonly pids: readonly number[];
  /** What else its users must know, by name. */
  readonly details: Readonly<Record<string, string>>;
}

export type PartFound =
  | ({ readonly kind: 'ready' } & PartAddress)
  | { readonly kind: 'missing'; readonly reason: string };

/** Settings for one start, in the part's own words (Kafka: broker properties). */
export type PartSettings = Readonly<Record<string, string>>;

/** A setting of ours, for those who measure: `true` lets the JVM of a part compile fully. */
export const fullSpeed = 'part.full-speed';

export interface PartStart {
  /** A fresh folder of its own, for data and logs. Removed when the part has ended. */
  readonly folder: string;
  readonly settings: PartSettings;
}

export interface RunningPart extends Omit<PartAddress, 'origin'> {
  /** Ends it at once; what it stored is of no use any more. */
  stop(): Promise<void>;
}

export interface PartDefinition {
  /** In file names and messages. */
  readonly name: string;
  /** The environment variable that may name a running one, as host:port. */
  readonly variable: string;
  inContainer(start: PartStart): Promise<RunningPart>;
  /** Throws PartMissing when the machine lacks what it needs. */
  onMachine(start: PartStart): Promise<RunningPart>;
}

/** The machine lacks a tool that the part needs. The message says which, and how to get it. */
export class PartMissing extends Error {
  override readonly name = 'PartMissing';
}
