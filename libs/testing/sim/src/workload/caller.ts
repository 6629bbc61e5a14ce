// Somebody outside the server with a connection to it: calls as the wire has them, and sleeps.

import { type RpcName, type RpcRequestInit, type RpcResponse, rpcCodec } from '@perdure/wire';
import { type OperatorMessages, type OperatorRpc, operatorCodec } from '@perdure/wire/operator';
import { type Agenda, Host } from '../agenda.ts';
import { CallFailed } from '../flight.ts';
import { type Network } from '../network.ts';

const operatorTimeoutUs = 5_000_000;

export class Caller {
  readonly host: Host;
  /** What went on by itself and broke. */
  readonly faults: string[] = [];
  readonly #agenda: Agenda;
  readonly #network: Network;

  readonly #client: { readonly name: string; readonly version: string };

  /** `client`: as whom it presents itself to the server. */
  constructor(
    name: string,
    agenda: Agenda,
    network: Network,
    client: { readonly name: string; readonly version: string },
  ) {
    this.#client = client;
    this.host = new Host(name);
    this.#agenda = agenda;
    this.#network = network;
  }

  /** Lets something go on by itself; what it throws in the end is a fault of the world. */
  goOn(work: Promise<void>): void {
    work.catch((fault: unknown) => {
      this.faults.push(`${this.host.name} did not expect ${String(fault)}`);
    });
  }

  get nowUs(): number {
    return this.#agenda.nowUs;
  }

  sleep(us: number): Promise<void> {
    return new Promise((resolve) => {
      this.#agenda.after(us, this.host, resolve);
    });
  }

  /** Rejects with CallFailed. */
  async call<R extends RpcName>(
    rpc: R,
    request: RpcRequestInit<R>,
    timeoutUs = 5_000_000,
  ): Promise<RpcResponse<R>> {
    const codec = rpcCodec(rpc);
    const bytes = codec.request.encode(request);
    return codec.response.decode(
      await this.#network.call(this.host, rpc, bytes, timeoutUs, this.#client),
    );
  }

  /** As `call`, until the outcome is known. Rejects with the CallFailed of a definite refusal. */
  insist<R extends RpcName>(rpc: R, request: RpcRequestInit<R>): Promise<RpcResponse<R>> {
    return this.#untilKnown(() => this.call(rpc, request));
  }

  /** A call of the operator's service, until its outcome is known. Rejects with CallFailed. */
  operate<R extends OperatorRpc>(
    rpc: R,
    request: OperatorMessages[R]['request'],
  ): Promise<OperatorMessages[R]['response']> {
    const codec = operatorCodec(rpc);
    const bytes = codec.request.encode(request);
    return this.#untilKnown(async () =>
      codec.response.decode(
        await this.#network.call(this.host, rpc, bytes, operatorTimeoutUs, this.#client),
      ),
    );
  }

  /** As `insist`, but gives up after so many tries. */
  async ask<R extends RpcName>(
    rpc: R,
    request: RpcRequestInit<R>,
    tries = Number.POSITIVE_INFINITY,
  ): Promise<Asked<R>> {
    let single = true;
    for (let count = 0; count < tries; count++) {
      if (this.#network.repeats) single = false;
      try {
        const answer = await this.call(rpc, request);
        return { kind: 'answered', answer, single };
      } catch (fault) {
        if (!(fault instanceof CallFailed)) throw fault;
        if (!isUnknown(fault)) {
          return { kind: 'refused', refusal: fault, single };
        }
        if (fault.code !== 'RESOURCE_EXHAUSTED') single = false;
        await this.sleep(100_000 * Math.min(20, 1 + count));
      }
    }
    return { kind: 'unknown' };
  }

  async #untilKnown<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (fault) {
        if (!(fault instanceof CallFailed) || !isUnknown(fault)) throw fault;
        await this.sleep(100_000 * Math.min(20, 1 + tries));
      }
    }
  }
}

/** What came of a call that is given up after so many tries. */
export type Asked<R extends RpcName> =
  /** `single`: no other copy of the request can come to the server any more. */
  | { readonly kind: 'answered'; readonly answer: RpcResponse<R>; readonly single: boolean }
  | { readonly kind: 'refused'; readonly refusal: CallFailed; readonly single: boolean }
  /** Nobody knows whether it was carried out: whoever asked died, or gave up. */
  | { readonly kind: 'unknown' };

/** True for a failure that may hide a success, or that asks to come again. */
export function isUnknown({ code }: CallFailed): boolean {
  return code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED' || code === 'RESOURCE_EXHAUSTED';
}
