// One segment: a file of zeros, overwritten with records from its start. The log positions of all segments together
// are one number line; the name of a segment is the position of its first byte.
//
// 1. A segment is as long as the zeros written and synced so far; a record never lies beyond.
// 2. Overwriting zeros leaves the size of the file alone: its sync costs half of one that extends.
// 3. The next segment begins where this one ends, so this one never grows once the next one exists.

import { type FileDirectory, type OpenFile, StorageFault } from '@perdure/ports';
import { onDisk } from './on-disk.ts';

const suffix = '.segment';
const nameDigits = 16;

export class Segment {
  readonly name: string;
  readonly base: number;
  /** Place of every record in the file, in order. */
  readonly starts: number[] = [];
  /** Length of the body of every record. */
  readonly lengths: number[] = [];
  /** Offset of its first record, or of the one that would be. */
  firstOffset = 0;
  /** Place for the next record. */
  end = 0;
  /** Length of the file. */
  filled: number;
  readonly #file: OpenFile;

  constructor(name: string, base: number, file: OpenFile) {
    this.name = name;
    this.base = base;
    this.filled = file.size();
    this.#file = file;
  }

  /** Makes a segment of zeros at `base`. It and its name are durable when this returns. */
  static create(directory: FileDirectory, base: number, length: number): Segment {
    const name = `${String(base).padStart(nameDigits, '0')}${suffix}`;
    const segment = onDisk(
      `creating ${name}`,
      () => new Segment(name, base, directory.create(name)),
    );
    segment.fillTo(length);
    onDisk(`syncing the directory after creating ${name}`, () => directory.syncDirectory());
    return segment;
  }

  /** All segments of the directory in the order of their positions. */
  static openAll(directory: FileDirectory): Segment[] {
    const names = directory.list().filter((name) => name.endsWith(suffix));
    const foreign = names.find((name) => !/^\d{16}\.segment$/.test(name));
    if (foreign !== undefined) {
      throw new StorageFault(
        'mismatch',
        `${foreign} is not a name that the log gives to a segment. Move the file out of the log's directory, or give it back its name.`,
      );
    }
    return names.toSorted().map((name) => {
      const base = Number(name.slice(0, -suffix.length));
      return onDisk(`opening ${name}`, () => new Segment(name, base, directory.open(name)));
    });
  }

  get position(): number {
    return this.base + this.end;
  }

  add(bodyLength: number, totalLength: number): void {
    this.starts.push(this.end);
    this.lengths.push(bodyLength);
    this.end += totalLength;
  }

  /** Extends the file with zeros and syncs it. */
  fillTo(length: number): void {
    if (length <= this.filled) return;
    this.write(this.filled, new Uint8Array(length - this.filled));
    this.sync();
    this.filled = length;
  }

  read(at: number, length: number): Uint8Array {
    return onDisk(`reading ${this.name} at ${at}`, () => this.#file.read(at, length));
  }

  write(at: number, bytes: Uint8Array): void {
    onDisk(`writing ${bytes.length} bytes to ${this.name} at ${at}`, () =>
      this.#file.write(at, bytes),
    );
  }

  sync(): void {
    onDisk(`syncing ${this.name}`, () => this.#file.sync());
  }

  /** Drops everything from `end` on. */
  cut(): void {
    onDisk(`cutting ${this.name} at ${this.end}`, () => this.#file.truncate(this.end));
    this.filled = this.end;
  }

  close(): void {
    this.#file.close();
  }

  /** Deletes the file. Its absence is durable when this returns. */
  remove(directory: FileDirectory): void {
    this.close();
    onDisk(`removing ${this.name}`, () => {
      directory.remove(this.name);
      directory.syncDirectory();
    });
  }
}
