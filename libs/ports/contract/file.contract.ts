// What every FileDirectory does while nothing fails. What survives a power loss cannot be tested from here; the
// volatile directory of the tests stands in for that.

import { describe, expect, test } from 'vitest';
import { type FileDirectory, FileNotFound } from '../src/index.ts';

export interface DirectoryUnderTest {
  readonly directory: FileDirectory;
  /** The same directory, opened once more. */
  readonly again: () => FileDirectory;
}

export function fileContract(name: string, begin: () => DirectoryUnderTest): void {
  describe(`FileDirectory contract: ${name}`, () => {
    test('a new directory is empty', () => {
      expect(begin().directory.list()).toEqual([]);
    });

    test('what is written is read, by position and after opening again', () => {
      const { directory, again } = begin();
      const file = directory.create('a');
      file.write(0, bytes(1, 2, 3, 4));
      file.write(2, bytes(9, 9, 9));
      file.sync();
      directory.syncDirectory();
      expect([...file.read(1, 3)]).toEqual([2, 9, 9]);
      expect(file.size()).toBe(5);
      file.close();
      const opened = again().open('a');
      expect([...opened.read(0, 100)]).toEqual([1, 2, 9, 9, 9]);
      opened.close();
    });

    test('read gives fewer bytes at the end of the file, none beyond it', () => {
      const file = begin().directory.create('a');
      file.write(0, bytes(1, 2, 3));
      expect([...file.read(2, 10)]).toEqual([3]);
      expect([...file.read(3, 10)]).toEqual([]);
      expect([...file.read(50, 10)]).toEqual([]);
      file.close();
    });

    test('what read gave does not change with the file', () => {
      const file = begin().directory.create('a');
      file.write(0, bytes(1, 2, 3));
      const before = file.read(0, 3);
      file.write(0, bytes(7, 7, 7));
      expect([...before]).toEqual([1, 2, 3]);
      file.close();
    });

    test('a hole left by a write beyond the end reads as zeros', () => {
      const file = begin().directory.create('a');
      file.write(0, bytes(1));
      file.write(4, bytes(2));
      expect([...file.read(0, 5)]).toEqual([1, 0, 0, 0, 2]);
      file.close();
    });

    test('truncate cuts; what is written above it later does not bring the old bytes back', () => {
      const file = begin().directory.create('a');
      file.write(0, bytes(1, 2, 3, 4, 5, 6));
      file.truncate(2);
      expect(file.size()).toBe(2);
      file.write(4, bytes(8));
      file.sync();
      expect([...file.read(0, 10)]).toEqual([1, 2, 0, 0, 8]);
      file.close();
    });

    test('create refuses a name that exists, open one that does not', () => {
      const { directory } = begin();
      directory.create('a').close();
      expect(() => directory.create('a')).toThrow();
      expect(() => directory.open('b')).toThrow(FileNotFound);
      expect(() => directory.remove('b')).toThrow(FileNotFound);
      expect(() => directory.rename('b', 'c')).toThrow(FileNotFound);
      expect(() => directory.create('x/y')).toThrow();
    });

    test('rename replaces, remove forgets, list tells', () => {
      const { directory } = begin();
      const a = directory.create('a');
      a.write(0, bytes(1));
      a.close();
      directory.create('b').close();
      directory.create('c').close();
      directory.rename('a', 'b');
      directory.remove('c');
      directory.syncDirectory();
      expect(directory.list()).toEqual(['b']);
      const b = directory.open('b');
      expect([...b.read(0, 9)]).toEqual([1]);
      b.close();
    });

    test('the lock excludes every other open until it is released', () => {
      const { directory, again } = begin();
      const first = directory.lock();
      if (!first.ok) throw new Error(`refused: ${first.holder}`);
      for (const other of [directory.lock(), again().lock()]) {
        expect(other.ok).toBe(false);
        if (!other.ok) expect(other.holder).toMatch(/^process \d+, since 20\d\d-/);
      }
      expect(directory.list()).toEqual([]);
      first.release();
      const second = again().lock();
      if (!second.ok) throw new Error(`refused: ${second.holder}`);
      first.release();
      expect(directory.lock().ok).toBe(false);
      second.release();
    });
  });
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}
