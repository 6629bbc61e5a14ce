// Spoils a message in one to three places, knowing its shape: most results are still messages that a client could send.
//
// Half of the new values are ordinary ones, so that many requests are accepted and reach the engine; the others are what
// breaks parsers, limits, look-ups and arithmetic. Fields that the message does not have set are chosen too.

import { type Random, randomBelow } from '@perdure/testing/seeded-random';
import { fullCodec } from '@perdure/wire/full';
import { type FieldShape, messageShape } from '@perdure/wire/full-shape';

type Message = Record<string, unknown>;

/** Strings and bytes that mean something to the server: ids of live runs, queues, tokens. */
export interface Vocabulary {
  readonly strings: readonly string[];
  readonly bytes: readonly Uint8Array[];
}

const depthMax = 7;

interface Place {
  readonly message: Message;
  readonly field: FieldShape;
  readonly set: boolean;
}

function isSet(message: Message, field: FieldShape): boolean {
  if (!Object.hasOwn(message, field.name)) return false;
  const value = message[field.name];
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined;
}

/** Every field of the message and of the messages in it. */
function places(typeName: string, message: Message, depth = 0): Place[] {
  return messageShape(typeName).flatMap((field) => {
    const set = isSet(message, field);
    const own: Place = { message, field, set };
    if (!set || field.kind !== 'message' || depth === depthMax) return [own];
    const value = message[field.name];
    const inner = field.map || field.repeated ? Object.values(value as object) : [value];
    return [own, ...inner.flatMap((each) => places(field.messageName, each as Message, depth + 1))];
  });
}

export class Mutator {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The bytes of the message with one to three fields changed. */
  spoil(typeName: string, bytes: Uint8Array, vocabulary: Vocabulary): Uint8Array {
    const codec = fullCodec<Message>(typeName);
    const message = codec.decode(bytes) as Message;
    const changes = this.#chance(0.6) ? 1 : 2 + this.#below(2);
    for (let change = 0; change < changes; change++) {
      const all = places(typeName, message);
      if (all.length === 0) break;
      const wanted = this.#chance(0.65);
      const preferred = all.filter((place) => place.set === wanted);
      this.#change(this.#pick(preferred.length > 0 ? preferred : all), vocabulary);
    }
    const spoiled = codec.encode(message as never);
    return this.#chance(0.03) ? this.#damage(spoiled) : spoiled;
  }

  #change({ message, field, set }: Place, vocabulary: Vocabulary): void {
    if (set && this.#chance(0.15)) {
      delete message[field.name];
      return;
    }
    const fresh = (): unknown => this.#value(field, vocabulary, 0);
    if (field.map) {
      const map = { ...(message[field.name] as Message | undefined) };
      map[this.#text(vocabulary)] = fresh();
      message[field.name] = map;
    } else if (field.repeated) {
      message[field.name] = this.#list((message[field.name] as unknown[] | undefined) ?? [], fresh);
    } else {
      message[field.name] = fresh();
    }
  }

  #list(list: readonly unknown[], fresh: () => unknown): unknown[] {
    const way = this.#below(5);
    if (way === 0 || list.length === 0) return [...list, fresh()];
    if (way === 1) return [...list, ...list];
    if (way === 2) return list.toReversed();
    if (way === 3) return list.slice(1);
    return Array.from({ length: 2 + this.#below(60) }, fresh);
  }

  #value(field: FieldShape, vocabulary: Vocabulary, depth: number): unknown {
    switch (field.kind) {
      case 'string':
        return this.#text(vocabulary);
      case 'bytes':
        return this.#bytes(vocabulary);
      case 'bool':
        return this.#chance(0.5);
      case 'float':
        return this.#pick([0, 0.5, 1, 2, 100, -1, Number.NaN, Infinity, 1e308]);
      case 'integer':
        return this.#pick([0, 1, 2, 3, 10, 1_000, -1, 2 ** 31 - 1, -(2 ** 31)]);
      case 'long':
        return this.#long();
      case 'enum':
        return this.#chance(0.8) ? this.#pick(field.members) : this.#pick([-1, 99, 2 ** 31 - 1]);
      case 'message':
        return this.#message(field.messageName, vocabulary, depth);
    }
  }

  #message(typeName: string, vocabulary: Vocabulary, depth: number): Message {
    const message: Message = {};
    const shape = messageShape(typeName);
    if (depth >= 4 || shape.length === 0 || this.#chance(0.2)) return message;
    const fields = 1 + this.#below(3);
    for (let count = 0; count < fields; count++) {
      const field = this.#pick(shape);
      const value = this.#value(field, vocabulary, depth + 1);
      message[field.name] = field.map
        ? { [this.#text(vocabulary)]: value }
        : field.repeated
          ? [value]
          : value;
    }
    return message;
  }

  #text({ strings }: Vocabulary): string {
    if (this.#chance(0.7) && strings.length > 0) return this.#pick(strings);
    return this.#pick([
      '',
      'x',
      'ordinary-name',
      '0',
      'json/plain',
      'x'.repeat(1 + this.#below(1_200)),
      'a\0b',
      '__proto__',
      'constructor',
      '/_sys/queue/1',
      "'; DROP TABLE history; --",
      '\u{1F480} \u202E txet',
      '{"a":[[[[',
      '%n%s%d',
      'Temporal',
      '00000000-0000-0000-0000-000000000000',
    ]);
  }

  #bytes({ bytes }: Vocabulary): Uint8Array {
    if (this.#chance(0.4) && bytes.length > 0) {
      const known = this.#pick(bytes);
      return this.#chance(0.5) ? known : this.#damage(known);
    }
    const lengths = [0, 1, 2, 8, 16, 200, 5_000];
    return Uint8Array.from({ length: this.#pick(lengths) }, () => this.#below(256));
  }

  #long(): unknown {
    const small = this.#pick([0, 1, 2, 3, 5, 8, 60, 3_600, -1]);
    if (this.#chance(0.7)) return small;
    return this.#pick([
      { low: -1, high: 0x7fffffff, unsigned: false },
      { low: 0, high: -0x80000000, unsigned: false },
      2 ** 53,
      2 ** 31,
      -(2 ** 40),
      1_800_000_000,
    ]);
  }

  /** Flips, cuts or repeats some bytes. */
  #damage(bytes: Uint8Array): Uint8Array {
    const copy = Uint8Array.from(bytes);
    if (copy.length === 0) return Uint8Array.of(this.#below(256));
    const at = this.#below(copy.length);
    const way = this.#below(3);
    if (way === 0) return copy.subarray(0, at);
    if (way === 1) return Uint8Array.from([...copy, ...copy.subarray(at)]);
    copy[at] = (copy[at] as number) ^ (1 << this.#below(8));
    return copy;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #below(limit: number): number {
    return randomBelow(this.#random, limit);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }
}
