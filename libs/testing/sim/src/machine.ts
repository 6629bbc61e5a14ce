// One machine of the simulated world with the production services on it: started, killed, frozen, cut from its power.

import { embeddedLayer, LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import type { PublicMethod } from '@perdure/frontend';
import { Metrics } from '@perdure/ports';
import { openServices, type Services } from '@perdure/server/services';
import { IndexedValueType } from '@perdure/wire';
import { type Agenda, Host } from './agenda.ts';
import { Chance } from './chance.ts';
import { Disk } from './disk.ts';
import { HostClock } from './host-clock.ts';
import { slowPort } from './slow-port.ts';
import type { Trace } from './trace.ts';

export interface MachineOptions {
  readonly agenda: Agenda;
  readonly trace: Trace;
  readonly seed: number;
  readonly name: string;
  readonly namespaces: readonly string[];
  /** How much slower than usual the disk is now; 1 is usual. */
  readonly diskSlowness: () => number;
  /** A process ended, by whatever way. */
  readonly onEnd: (host: Host) => void;
  /** Throws when the storage call at hand is to fail. */
  readonly storageFault: (port: string, method: string) => void;
}

const usual = { logEffectUs: 150, logAnswerUs: 60, storeEffectUs: 250, storeAnswerUs: 80 };

export class Machine {
  readonly disk: Disk;
  readonly chance: Chance;
  /** Processes that ended, by whatever way. */
  lives = 0;
  /** Why the last process ended by itself; null: it did not. */
  halted: Error | null = null;
  readonly #options: MachineOptions;
  #host: Host | null = null;
  #services: Services | null = null;
  #methods = new Map<string, PublicMethod>();

  constructor(options: MachineOptions) {
    this.#options = options;
    this.chance = Chance.of(options.seed, options.name);
    this.disk = new Disk(this.chance);
  }

  /** The process, while there is one. */
  get host(): Host | null {
    return this.#host;
  }

  get services(): Services | null {
    return this.#services;
  }

  method(name: string): PublicMethod | undefined {
    return this.#services === null ? undefined : this.#methods.get(name);
  }

  /** Begins a process. Rejects when it refuses to serve; never settles when it is killed on the way. */
  async start(): Promise<void> {
    const { agenda, trace, name, namespaces } = this.#options;
    this.lives += 1;
    const host = new Host(`${name}/${this.lives}`);
    this.#host = host;
    this.halted = null;
    trace.note(`start ${host.name}`);
    const ids = Chance.of(this.chance.below(2 ** 31), host.name);
    const log = await this.disk.openLog();
    const services = await openServices({
      storage: {
        log: this.#slow(host, 'log', log),
        store: this.#slow(host, 'store', this.disk.store),
        metadata: this.#slow(host, 'metadata', this.disk.metadata),
        visibility: this.#slow(host, 'visibility', this.disk.visibility),
        tokenKey: new Uint8Array(32),
        persistence: 'simulated',
        storeName: 'simulated',
      },
      clock: new HostClock(agenda, host, {
        offsetUs: Math.round(this.chance.between(-200_000, 200_000)),
        rate: this.chance.between(0.9999, 1.0001),
      }),
      config: new LayeredConfig(layerOf({}), embeddedLayer),
      namespaces,
      searchAttributes: { Tag: IndexedValueType.Keyword },
      log: silentLog(trace),
      metrics: new Metrics(),
      tracing: null,
      owner: host.name,
      newId: () => ids.uuid(),
      onHalt: (fault) => {
        this.halted = fault;
        this.kill();
      },
    });
    if (host.state === 'dead') return;
    this.#services = services;
    this.#methods = new Map(services.methods.map((method) => [method.name, method]));
  }

  /** Ends the process at once. */
  kill(): void {
    if (this.#end() !== null) this.disk.processEnded();
  }

  /** Ends the process and forgets what was not synced. */
  async cutPower(): Promise<void> {
    if (this.#end() !== null) await this.disk.powerFailed(this.chance);
  }

  freeze(): void {
    if (this.#host?.state === 'running') this.#host.state = 'frozen';
  }

  thaw(): void {
    if (this.#host !== null) this.#options.agenda.thaw(this.#host);
  }

  #end(): Host | null {
    const host = this.#host;
    if (host === null) return null;
    this.#options.trace.note(`end ${host.name}`);
    host.state = 'dead';
    this.#host = null;
    this.#services = null;
    this.#options.onEnd(host);
    return host;
  }

  #slow<T extends object>(host: Host, port: string, target: T): T {
    const { agenda, trace, diskSlowness, storageFault } = this.#options;
    const isLog = port === 'log';
    return slowPort(agenda, host, target, {
      effectUs: () =>
        (isLog ? usual.logEffectUs : usual.storeEffectUs) *
        this.chance.between(0.5, 3) *
        diskSlowness(),
      answerUs: () =>
        (isLog ? usual.logAnswerUs : usual.storeAnswerUs) * this.chance.between(0.2, 4),
      onEffect: (method, given) => {
        storageFault(port, method);
        if (method === 'append') {
          for (const record of given[0] as Uint8Array[])
            trace.add('append', record, () => `${record.length} B`);
        } else if (method === 'write' || method === 'change') {
          trace.add(`${port} ${method}`, rowsBytes(given), () => '');
        }
        if (port === 'store') this.disk.storeDid(method, given);
      },
    });
  }
}

/** Rows as bytes, for the trace. */
function rowsBytes(rows: unknown): Uint8Array {
  return Buffer.from(
    JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array
        ? Buffer.from(value).toString('base64')
        : value instanceof Map
          ? [...value]
          : value,
    ),
  );
}

function silentLog(trace: Trace): Parameters<typeof openServices>[0]['log'] {
  const noted = (level: string) => (message: string) => trace.note(`${level}: ${message}`);
  return {
    debugs: false,
    debug: () => undefined,
    info: noted('info'),
    warn: noted('warn'),
    error: noted('error'),
  };
}
