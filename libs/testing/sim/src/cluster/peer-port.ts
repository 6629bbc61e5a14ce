// The port to the other nodes as one simulated process sees it: calls with answers, messages without.

import { RejectionError } from '@perdure/kernel';
import {
  type CallContext,
  NotOwner,
  PeerLost,
  type PeerMessage,
  type PeerMessages,
  type PeerMethod,
  type PeerMethods,
  type PeerService,
  type Peers,
} from '@perdure/ports';
import type { Agenda, Host } from '../agenda.ts';
import type { HostClock } from '../host-clock.ts';
import type { Link, LinkEnd } from './link.ts';

/** P3: how long a call waits for a link. */
const linkWaitUs = 1e6;
const linkLookUs = 50_000;

interface Asked {
  readonly node: string;
  readonly link: Link;
  readonly resolve: (answer: never) => void;
  readonly rejectWith: (fault: Error) => void;
}

export class PeerPort implements Peers, LinkEnd {
  readonly host: Host;
  readonly name: string;
  readonly #agenda: Agenda;
  readonly #clock: HostClock;
  readonly #linkTo: (node: string) => Link | null;
  readonly #asked = new Set<Asked>();
  readonly #listeners: ((node: string) => void)[] = [];
  #service: PeerService | null = null;

  constructor(options: {
    readonly agenda: Agenda;
    readonly host: Host;
    readonly name: string;
    readonly clock: HostClock;
    readonly linkTo: (node: string) => Link | null;
  }) {
    this.host = options.host;
    this.name = options.name;
    this.#agenda = options.agenda;
    this.#clock = options.clock;
    this.#linkTo = options.linkTo;
  }

  get self(): string {
    return this.name;
  }

  serve(service: PeerService): void {
    this.#service = service;
  }

  onLost(listener: (node: string) => void): void {
    this.#listeners.push(listener);
  }

  call<M extends PeerMethod>(
    node: string,
    method: M,
    request: PeerMethods[M]['request'],
    call: CallContext | null,
  ): Promise<PeerMethods[M]['answer']> {
    return new Promise((resolve, rejectWith) => {
      const untilUs = this.#agenda.nowUs + linkWaitUs;
      const begin = (): void => {
        const link = this.#linkTo(node);
        if (link !== null)
          this.#ask(link, { node, link, resolve, rejectWith }, method, request, call);
        else if (this.#agenda.nowUs >= untilUs) {
          rejectWith(new PeerLost(node, 'it cannot be reached', false));
        } else this.#agenda.after(linkLookUs, this.host, begin);
      };
      begin();
    });
  }

  send<M extends PeerMessage>(node: string, message: M, content: PeerMessages[M]): void {
    const link = this.#linkTo(node);
    if (link === null) return;
    const other = link.over(this) as PeerPort;
    link.carry(this, () => other.#service?.messages[message](content, this.name));
  }

  #ask<M extends PeerMethod>(
    link: Link,
    asked: Asked,
    method: M,
    request: PeerMethods[M]['request'],
    call: CallContext | null,
  ): void {
    this.#asked.add(asked);
    const other = link.over(this) as PeerPort;
    const leftMs =
      call === null || call.deadlineMs === null
        ? null
        : call.deadlineMs - this.#clock.nowUs() / 1_000;
    const there = new TravelledCall(call, () =>
      leftMs === null ? null : other.#clock.nowUs() / 1_000 + leftMs,
    );
    link.carry(this, () => {
      const settle = (give: () => void): void =>
        link.carry(other, () => {
          if (this.#asked.delete(asked)) give();
        });
      other.#answer(method, request, there.arrived(), this.name).then(
        (answer) => settle(() => asked.resolve(answer as never)),
        (fault: unknown) => {
          if (!(fault instanceof RejectionError || fault instanceof NotOwner)) throw fault;
          settle(() => asked.rejectWith(fault));
        },
      );
    });
    call?.onCancelled(() => link.carry(this, () => there.cancel()));
  }

  async #answer<M extends PeerMethod>(
    method: M,
    request: PeerMethods[M]['request'],
    call: CallContext,
    from: string,
  ): Promise<PeerMethods[M]['answer']> {
    const service = this.#service;
    // A process that has not begun to serve: as one that is not there.
    if (service === null) return new Promise(() => undefined);
    const answer = service.answers[method] as (
      request: PeerMethods[M]['request'],
      call: CallContext,
      from: string,
    ) => Promise<PeerMethods[M]['answer']>;
    return answer(request, call, from);
  }

  /** P2, P3. */
  lost(link: Link): void {
    for (const asked of this.#asked) {
      if (asked.link !== link) continue;
      this.#asked.delete(asked);
      asked.rejectWith(new PeerLost(asked.node, 'the link broke', true));
    }
    const { name } = link.over(this);
    for (const listener of this.#listeners) listener(name);
  }
}

/** P4. */
class TravelledCall {
  readonly #call: CallContext | null;
  readonly #deadlineMs: () => number | null;
  #cancelled = false;
  readonly #listeners: (() => void)[] = [];

  constructor(call: CallContext | null, deadlineMs: () => number | null) {
    this.#call = call;
    this.#deadlineMs = deadlineMs;
  }

  arrived(): CallContext {
    return {
      deadlineMs: this.#deadlineMs(),
      clientName: this.#call?.clientName ?? '',
      clientVersion: this.#call?.clientVersion ?? '',
      supportedFeatures: this.#call?.supportedFeatures ?? '',
      cancelled: () => this.#cancelled,
      onCancelled: (listener) => {
        if (this.#cancelled) listener();
        else this.#listeners.push(listener);
      },
    };
  }

  cancel(): void {
    this.#cancelled = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
