// Which node of a cluster holds a task queue: the highest of one draw per node and unit of weight (rendezvous hashing).
//
// Q1. Every node that knows the same members names the same one: the draws depend on names only, and equal draws fall to
//     the lower name.
// Q2. A member that goes moves its own queues only; one that comes takes queues from all in proportion, and moves no other.

import { assert } from '@perdure/kernel';
import type { QueueName } from './task.ts';

interface Member {
  readonly name: string;
  /** Its share of the queues is in proportion; a small whole number, at least 1. */
  readonly weight: number;
}

/** Made once per assignment: one seed per draw. */
export interface QueuePlaces {
  readonly names: readonly string[];
  readonly seeds: readonly number[];
}

export function queuePlaces(members: readonly Member[]): QueuePlaces {
  const names: string[] = [];
  const seeds: number[] = [];
  for (const { name, weight } of members.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    assert(Number.isInteger(weight) && weight >= 1, 'the weight of a member is a whole number');
    const hash = hashText(name, offsetBasis);
    for (let draw = 0; draw < weight; draw++) {
      names.push(name);
      seeds.push(spread(hash + Math.imul(draw, golden)));
    }
  }
  return { names, seeds };
}

/** The node that holds the queue; null when there is no member. The sticky and the normal queue of a name have one place. */
export function placeOf({ names, seeds }: QueuePlaces, queue: QueueName): string | null {
  let hash = hashText(queue.namespaceId, offsetBasis);
  hash = hashText(queue.kind, hash);
  hash = hashText(queue.name, hash);
  let place: string | null = null;
  let highest = -1;
  for (const [at, seed] of seeds.entries()) {
    const drawn = spread(hash ^ seed);
    if (drawn > highest) {
      highest = drawn;
      place = names[at] as string;
    }
  }
  return place;
}

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;
const golden = 0x9e3779b9;

/** FNV-1a over the code units, with an end that no text has. */
function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
  return Math.imul(hash ^ 0x10000, prime);
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the outcome. 0 to 2^32 - 1. */
function spread(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
