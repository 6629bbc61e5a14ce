// The functions in which a server spent its time, of the profiles that Node wrote for its threads.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Of one thread; `main` is the one with the most to do. */
export interface ProfileTop {
  readonly thread: string;
  readonly busyMs: number;
  readonly top: readonly { readonly share: string; readonly where: string }[];
}

export function profileTops(folder: string, count: number): ProfileTop[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  return files
    .map((name) => topOf(name, readFileSync(join(folder, name), 'utf8'), count))
    .sort((a, b) => b.busyMs - a.busyMs);
}

function topOf(name: string, text: string, count: number): ProfileTop {
  const profile = JSON.parse(text) as CpuProfile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byPlace = new Map<string, number>();
  let busyUs = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const us = profile.timeDeltas[index] ?? 0;
    busyUs += us;
    const file = frame.url.replace(/^.*\/(?=(?:node_modules|libs|services)\/)/, '');
    const where = `${frame.functionName || '(anonymous)'} ${file}:${frame.lineNumber + 1}`;
    byPlace.set(where, (byPlace.get(where) ?? 0) + us);
  }
  const sorted = [...byPlace].sort(([, a], [, b]) => b - a).slice(0, count);
  return {
    thread: name.split('.').slice(-3, -1).join('.'),
    busyMs: Math.round(busyUs / 1000),
    top: sorted.map(([where, us]) => ({ share: `${((us / busyUs) * 100).toFixed(1)} %`, where })),
  };
}
