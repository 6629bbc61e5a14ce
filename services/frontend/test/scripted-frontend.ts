// The frontend over services that record what reaches them, and a call as a transport would make it.

import { RejectionError } from '@perdure/kernel';
import type { Namespace, OwnerRpc, QueueStats, Routed } from '@perdure/ports';
import { type RpcName, type RpcRequestInit, type RpcResponse, rpcCodec } from '@perdure/wire';
import {
  type BugReport,
  createFrontend,
  createNamespaces,
  type OwnerRpcs,
  type PollGateway,
  type PublicCall,
  type PublicMethod,
} from '../src/index.ts';

export const call: PublicCall = {
  deadlineMs: null,
  clientName: '',
  clientVersion: '',
  supportedServerVersions: '',
  cancelled: () => false,
  onCancelled: () => undefined,
};

export const queueStats: QueueStats = {
  backlogCount: 7,
  backlogAgeUs: 2_500_000,
  tasksAddRate: 1.5,
  tasksDispatchRate: 0.5,
  pollers: [{ identity: 'worker', lastAccessTimeUs: 1_000_000, ratePerSecond: 100_000 }],
};

/** What a service was asked. */
export interface Asked {
  readonly rpc: string;
  readonly routed: Routed<RpcName>;
}

export interface ScriptedFrontend {
  readonly methods: readonly PublicMethod[];
  readonly asked: readonly Asked[];
  readonly bugs: readonly BugReport[];
  /** What the owner answers from now on, whatever it is asked. */
  script(answer: () => Promise<object>): void;
  method(name: string): PublicMethod;
  /** Calls with a request of this message. */
  ask<R extends RpcName>(
    name: R,
    request: RpcRequestInit<R>,
    from?: Partial<PublicCall>,
  ): Promise<RpcResponse<R>>;
  /** The refusal of a call, as "CODE: message" and its detail; fails if there is none. */
  refusal(name: string, request: Uint8Array, from?: Partial<PublicCall>): Promise<Refusal>;
}

export interface Refusal {
  readonly text: string;
  readonly detail: object | undefined;
}

const inState = (name: string, state: number): Namespace => ({
  ...(createNamespaces([name]).byName(name) as Namespace),
  state,
});

export function scriptedFrontend(): ScriptedFrontend {
  const asked: Asked[] = [];
  const bugs: BugReport[] = [];
  let answer = (): Promise<object> => Promise.resolve({});
  const record = (rpc: string) => (routed: Routed<RpcName>) => {
    asked.push({ rpc, routed });
    return answer();
  };
  const rpc = new Proxy({}, { get: (_, name) => record(name as OwnerRpc) }) as OwnerRpcs['rpc'];
  const fixed = createNamespaces(['default', 'other']);
  const more = [inState('old', 2), inState('gone', 3)];
  const namespaces = {
    ...fixed,
    byName: (name: string) => more.find((one) => one.name === name) ?? fixed.byName(name),
  };
  const delivery = { bytes: new Uint8Array(), notDelivered: () => undefined };
  const poll = (name: string) => async (routed: Routed<RpcName>) => {
    await record(name)(routed);
    return delivery;
  };
  const polls: PollGateway = {
    pollWorkflowTaskQueue: poll('PollWorkflowTaskQueue'),
    pollActivityTaskQueue: poll('PollActivityTaskQueue'),
    shutdownWorker: record('ShutdownWorker'),
  };
  let ids = 0;
  const methods = createFrontend({
    services: { history: { rpc }, matching: { describe: () => queueStats }, polls, namespaces },
    cluster: {
      id: 'cluster-id',
      name: 'active',
      historyShards: 16_384,
      persistenceStore: 'embedded',
      visibilityStore: 'sqlite',
    },
    versionInRange: (version, range) =>
      /^\d/.test(version) && /\d/.test(range) ? range.includes(version[0] ?? '?') : null,
    newId: () => `id-${++ids}`,
    reportBug: (report) => bugs.push(report),
  });
  const method = (name: string): PublicMethod => {
    const found = methods.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`no method ${name}`);
    return found;
  };
  return {
    methods,
    asked,
    bugs,
    script: (next) => {
      answer = next;
    },
    method,
    async ask(name, request, from) {
      const codec = rpcCodec(name);
      const bytes = await method(name).handle(codec.request.encode(request), { ...call, ...from });
      return codec.response.decode(bytes instanceof Uint8Array ? bytes : bytes.bytes);
    },
    async refusal(name, request, from) {
      try {
        await method(name).handle(request, { ...call, ...from });
      } catch (error) {
        if (!(error instanceof RejectionError)) throw error;
        const { code, message, detail } = error.rejection;
        return { text: `${code}: ${message}`, detail };
      }
      throw new Error(`${name} was not refused`);
    },
  };
}
