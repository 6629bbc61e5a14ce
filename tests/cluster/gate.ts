// What stands between a node of a test and its surroundings: open, or shut as for a process that is stopped. Nothing passes a
// shut gate, neither what is asked nor what is answered; when it opens, all of it does, in its order.

export class Gate {
  #shut: PromiseWithResolvers<void> | null = null;

  shut(): void {
    this.#shut ??= Promise.withResolvers();
  }

  open(): void {
    this.#shut?.resolve();
    this.#shut = null;
  }

  /** The same port, whose methods that answer later pass the gate; `now` names those that answer at once. */
  around<T extends object>(port: T, now: readonly (keyof T)[] = []): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = target[name as keyof T];
        if (typeof member !== 'function') return member;
        const act = member.bind(target) as (...args: unknown[]) => unknown;
        if (now.includes(name as keyof T)) return act;
        return (...args: unknown[]) => this.#pass(() => act(...args));
      },
    });
  }

  async #pass<T>(act: () => T): Promise<T> {
    if (this.#shut !== null) await this.#shut.promise;
    try {
      return await act();
    } finally {
      if (this.#shut !== null) await this.#shut.promise;
    }
  }
}
