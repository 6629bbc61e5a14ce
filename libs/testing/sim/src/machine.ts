// One machine of the simulated world with the production services on it: started, killed, frozen, cut from its power.

import { embeddedLayer, LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import type { PublicMethod } from '@perdure/frontend';
import { type LogPartition, Metrics, type Store } from '@perdure/ports';
import { openServices, type Services } from '@perdure/server/services';
import { IndexedValueType } from '@perdure/wire';
import { type Agenda, Host } from './agenda.ts';
import { Chance } from './chance.ts';
import { Disk } from './disk.ts';
import { drawSettings } from './drawn-settings.ts';
import { wrongEnd, wrongRefusal } from './ends.ts';
import type { Site } from './epilogue.ts';
import { HostClock, WallClock } from './host-clock.ts';
import { serverLines } from './server-lines.ts';
import type { Sightings } from './sightings.ts';
import { SimulatedStore } from './simulated-store.ts';
import { slowPort } from './slow-port.ts';
import type { Trace } from './trace.ts';
import type { Troubles } from './troubles.ts';

export interface MachineOptions {
  readonly agenda: Agenda;
  readonly trace: Trace;
  readonly seed: number;
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly troubles: Troubles;
  readonly sightings: Sightings;
  /** A process serves. */
  readonly onServe: () => void;
  /** A process ended, by whatever way. */
  readonly onEnd: (host: Host) => void;
  /** The server did what nothing that the world did to it excuses. */
  readonly onFault: (fault: string) => void;
}

const usual = { logEffectUs: 150, logAnswerUs: 60, storeEffectUs: 250, storeAnswerUs: 80 };

export class Machine implements Site {
  readonly disk: Disk;
  readonly wall = new WallClock();
  readonly chance: Chance;
  /** Processes that ended, by whatever way. */
  lives = 0;
  readonly #options: MachineOptions;
  #host: Host | null = null;
  #clock: HostClock | null = null;
  #services: Services | null = null;
  #methods = new Map<string, PublicMethod>();

  constructor(options: MachineOptions) {
    const { agenda, seed, name, troubles, sightings } = options;
    this.#options = options;
    this.chance = Chance.of(seed, name);
    const store = new SimulatedStore({
      agenda,
      sightings,
      chance: Chance.of(seed, `${name} store`),
      fate: () => troubles.store.fateOfWrite(),
      onEffect: (step) => options.trace.add('store step', rowsBytes(step), () => ''),
    });
    this.disk = new Disk({
      chance: this.chance,
      flipChance: Chance.of(seed, `${name} flips`),
      sightings,
      store,
      flips: troubles,
    });
  }

  /** The process, while there is one. */
  get host(): Host | null {
    return this.#host;
  }

  get services(): Services | null {
    return this.#services;
  }

  get history(): Site['history'] {
    const history = this.#services?.history;
    if (history === undefined) return null;
    return { drain: () => history.drain(), replayed: () => history.recovered.transitions };
  }

  get rows(): Store {
    return this.disk.store.rows;
  }

  /** Of the process, while there is one. */
  get clock(): HostClock | null {
    return this.#clock;
  }

  method(name: string): PublicMethod | undefined {
    return this.#services === null ? undefined : this.#methods.get(name);
  }

  /** Begins a process. Ends it again when it refuses to serve; never settles when it is killed on the way. */
  async start(): Promise<void> {
    const { trace, name, sightings, onFault } = this.#options;
    this.lives += 1;
    const host = new Host(`${name}/${this.lives}`);
    this.#host = host;
    trace.note(`start ${host.name}`);
    try {
      await this.#open(host);
    } catch (fault) {
      if (host.state === 'dead') {
        sightings.seen('ended while opening its log');
        return;
      }
      trace.note(`refused: ${String(fault)}`);
      const wrong = wrongRefusal(fault, this.disk, sightings);
      if (wrong !== null) onFault(wrong);
      this.kill();
    }
  }

  async #open(host: Host): Promise<void> {
    const { agenda, trace, namespaces, onFault } = this.#options;
    const settings = Chance.of(this.#options.seed, 'settings');
    const ids = Chance.of(this.chance.below(2 ** 31), host.name);
    const clock = this.#newClock(agenda, host);
    const log = await this.disk.openLog();
    const serving = (): boolean => this.#services !== null && host.state !== 'dead';
    const services = await openServices({
      storage: {
        log: this.#slow(host, 'log', log),
        store: this.#slow(host, 'store', this.disk.store.portFor(host, serving)),
        metadata: this.#slow(host, 'metadata', this.disk.metadata),
        visibility: this.#slow(host, 'visibility', this.disk.visibility),
        tokenKey: new Uint8Array(32),
        persistence: 'simulated',
        storeName: 'simulated',
      },
      clock,
      config: new LayeredConfig(layerOf(drawSettings(settings)), embeddedLayer),
      namespaces,
      searchAttributes: { Tag: IndexedValueType.Keyword },
      log: serverLines(trace, onFault),
      metrics: new Metrics(),
      tracing: null,
      owner: host.name,
      newId: () => ids.uuid(),
      onHalt: (fault) => this.#halted(host, fault),
    });
    if (host.state === 'dead') return;
    this.#services = services;
    this.#methods = new Map(services.methods.map((method) => [method.name, method]));
    this.#options.onServe();
    await this.#tell(services, log);
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

  #halted(host: Host, fault: Error): void {
    if (host.state === 'dead') return;
    const { trace, sightings, onFault } = this.#options;
    trace.note(`halt ${String(fault)}`);
    const wrong = wrongEnd(fault, sightings);
    if (wrong !== null) onFault(wrong);
    this.kill();
  }

  #end(): Host | null {
    const host = this.#host;
    if (host === null) return null;
    const { trace, sightings, onEnd } = this.#options;
    trace.note(`end ${host.name}`);
    if (this.#services !== null)
      sightings.seen('run evicted', this.#services.history.counts.evictedRuns());
    host.state = 'dead';
    this.#host = null;
    this.#services = null;
    onEnd(host);
    return host;
  }

  #newClock(agenda: Agenda, host: Host): HostClock {
    const { troubles, sightings } = this.#options;
    const lastUs = this.#clock?.nowUs() ?? 0;
    const clock = new HostClock(agenda, host, this.wall, {
      error: troubles.clockError(this.chance),
      onAhead: () => sightings.seen('clock ahead'),
    });
    if (clock.nowUs() < lastUs - 1e6) sightings.seen('clock set back');
    this.#clock = clock;
    return clock;
  }

  async #tell({ history }: Services, log: LogPartition): Promise<void> {
    const { sightings } = this.#options;
    const { transitions, wakeRows } = history.recovered;
    sightings.seen(transitions > 0 ? 'tail replayed' : 'tail empty');
    sightings.seen('wake rows found', wakeRows > 0 ? 1 : 0);
    const applied = await this.disk.store.rows.readApplied(0);
    // One record is the Announce of this process.
    const behind = (await log.endOffset()) - 1 - ((applied?.offset ?? -1) + 1);
    sightings.seen('checkpoint behind log', behind > 0 ? 1 : 0);
  }

  #slow<T extends object>(host: Host, port: string, target: T): T {
    const { agenda, trace, troubles } = this.#options;
    const isLog = port === 'log';
    const slowness = (): number =>
      this.chance.between(0.5, 3) * (isLog ? troubles.diskSlowness : troubles.storeSlowness);
    return slowPort(agenda, host, target, {
      effectUs: () => (isLog ? usual.logEffectUs : usual.storeEffectUs) * slowness(),
      answerUs: () =>
        (isLog ? usual.logAnswerUs : usual.storeAnswerUs) * this.chance.between(0.2, 4),
      onEffect: (method, given) => {
        if (port === 'store' || port === 'visibility')
          troubles.store.beforeCall(method, this.#services !== null);
        if (method === 'append') {
          for (const record of given[0] as Uint8Array[])
            trace.add('append', record, () => `${record.length} B`);
        } else if (port !== 'store' && (method === 'write' || method === 'change')) {
          trace.add(`${port} ${method}`, rowsBytes(given), () => '');
        }
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
