import { describe, expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { VolatileDirectory } from './volatile-directory.ts';

const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);

/** Everything that was found of file `a` after a power loss, over many seeds: the sectors that were there, or "gone". */
function outcomes(make: (directory: VolatileDirectory) => void): Set<string> {
  const found = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const directory = new VolatileDirectory();
    make(directory);
    const bytes = directory.crash(seededRandom(seed)).files().get('a');
    const sectors = Array.from({ length: Math.ceil((bytes?.length ?? 0) / 512) }, (_, i) => {
      return bytes?.subarray(i * 512, i * 512 + 512).join('') ?? '';
    });
    const text = sectors.map((sector) =>
      /^1+$/.test(sector) ? '1' : /^0+$/.test(sector) ? '0' : 'x',
    );
    found.add(bytes === undefined ? 'gone' : text.join(''));
  }
  return found;
}

describe('after a power loss', () => {
  test('what was synced, file and name, is there', () => {
    const found = outcomes((directory) => {
      const file = directory.create('a');
      file.write(0, ones(1024));
      file.sync();
      directory.syncDirectory();
    });
    expect([...found]).toEqual(['11']);
  });

  test('a name that was not synced may be gone, with all that was synced in its file', () => {
    const found = outcomes((directory) => {
      const file = directory.create('a');
      file.write(0, ones(512));
      file.sync();
    });
    expect(found).toEqual(new Set(['gone', '1']));
  });

  test('of what was overwritten without a sync, any set of sectors may be there', () => {
    const found = outcomes((directory) => {
      const file = directory.create('a');
      file.write(0, new Uint8Array(1024));
      file.sync();
      directory.syncDirectory();
      file.write(0, ones(1024));
    });
    expect(found).toEqual(new Set(['00', '01', '10', '11']));
  });

  test('a removal that was not synced may come back', () => {
    const found = outcomes((directory) => {
      directory.create('a').write(0, ones(0));
      directory.syncDirectory();
      directory.remove('a');
    });
    expect(found).toEqual(new Set(['gone', '']));
  });

  test('a cut that was not synced may come back, also under what was written since', () => {
    const found = outcomes((directory) => {
      const file = directory.create('a');
      file.write(0, ones(1024));
      file.sync();
      directory.syncDirectory();
      file.truncate(0);
      file.write(0, new Uint8Array(1024));
    });
    expect(found).toEqual(new Set(['00', '01', '10', '11']));
  });
});

test('a torn write ends at any byte: behind it stands what was there before', () => {
  const ends = new Set<number>();
  for (let seed = 0; seed < 400; seed++) {
    const directory = new VolatileDirectory();
    const file = directory.create('a');
    file.write(0, new Uint8Array(1024));
    file.sync();
    directory.syncDirectory();
    file.write(100, ones(700));
    const bytes = directory.crash(seededRandom(seed), true).files().get('a') ?? ones(0);
    expect(bytes).toHaveLength(1024);
    expect(bytes.subarray(0, 100)).toEqual(new Uint8Array(100));
    const end = bytes.lastIndexOf(1) + 1;
    if (bytes.subarray(100, end).every((byte) => byte === 1)) ends.add(end);
  }
  expect(ends.size).toBeGreaterThan(50);
});

test('space that is given back can be used again', () => {
  const directory = new VolatileDirectory({ spaceBytes: 100 });
  const file = directory.create('a');
  file.write(0, ones(100));
  file.truncate(40);
  file.write(40, ones(60));
  expect(() => file.write(100, ones(1))).toThrow('ENOSPC');
  directory.remove('a');
  directory.create('b').write(0, ones(100));
});

test('a sync that failed forgets what it was to write: the next one returns and saves nothing of it', () => {
  const found = outcomes((directory) => {
    const file = directory.create('a');
    file.write(0, new Uint8Array(512));
    file.sync();
    directory.syncDirectory();
    file.write(0, ones(512));
    directory.faults.onOperation = (operation) => {
      if (operation === 'sync') throw new Error('EIO');
    };
    expect(() => file.sync()).toThrow('EIO');
    directory.faults.onOperation = () => undefined;
    file.sync();
    expect(file.read(0, 1)).toEqual(Uint8Array.of(1));
  });
  expect([...found]).toEqual(['0']);
});

test('the end of the process loses nothing and makes nothing durable; the old directory is dead', () => {
  const directory = new VolatileDirectory();
  const file = directory.create('a');
  file.write(0, ones(512));
  expect(directory.lock().ok).toBe(true);
  const next = directory.kill();
  expect(() => file.size()).toThrow('went down');
  expect(next.lock().ok).toBe(true);
  expect(next.files().get('a')).toEqual(ones(512));
});

test('a full disk takes what fits and refuses the rest', () => {
  const directory = new VolatileDirectory({ spaceBytes: 100 });
  const file = directory.create('a');
  file.write(0, ones(60));
  expect(() => file.write(60, ones(60))).toThrow('ENOSPC');
  expect(file.size()).toBe(100);
  file.write(0, ones(100));
  expect(() => file.write(100, ones(1))).toThrow('ENOSPC');
});
