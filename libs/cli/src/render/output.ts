// Where results go: tables and cards for people, JSON for programs, or nowhere.
//
// O1. In `json` one result is one value and a list is one array; in `jsonl` each result is one line.
// O2. Text is for people and may change. JSON is a contract.

import type { JsonValue, PayloadStyle } from '@perdure/wire/full';
import type { GlobalValues } from '../flags/global.ts';
import { type Paint, paint, shownWidth } from './color.ts';
import type { TimeFormat } from './time.ts';

export type Row = readonly [label: string, value: string];

export interface Column {
  readonly title: string;
  /** Least width, for tables printed line by line. */
  readonly width?: number;
}

export interface Sink {
  write(text: string): void;
  /** Whether it is a terminal. */
  readonly isTerminal: boolean;
}

export class Output {
  readonly form: GlobalValues['output'];
  readonly timeFormat: TimeFormat;
  readonly payloads: PayloadStyle;
  readonly paint: Paint;
  readonly #sink: Sink;
  #items = 0;

  constructor(
    flags: GlobalValues,
    sink: Sink,
    environment: { readonly NO_COLOR?: string | undefined },
  ) {
    this.form = flags.output;
    this.timeFormat = flags['time-format'];
    this.payloads = flags['no-json-shorthand-payloads'] ? 'raw' : 'shorthand';
    const automatic = sink.isTerminal && (environment.NO_COLOR ?? '') === '';
    this.paint = paint(flags.color === 'always' || (flags.color === 'auto' && automatic));
    this.#sink = sink;
  }

  get isText(): boolean {
    return this.form === 'text';
  }

  get isJson(): boolean {
    return this.form === 'json' || this.form === 'jsonl';
  }

  line(text = ''): void {
    if (this.isText) this.#sink.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line(this.paint.heading(text));
  }

  /** Labels and values, one to a line; rows with an empty value are left out. */
  card(rows: readonly Row[]): void {
    const shown = rows.filter(([, value]) => value !== '');
    const width = Math.max(...shown.map(([label]) => label.length));
    for (const [label, value] of shown) {
      this.line(`  ${this.paint.faint(label.padEnd(width))}  ${value}`);
    }
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const widths = columns.map(({ title, width = 0 }, index) =>
      Math.max(width, title.length, ...rows.map((row) => shownWidth(row[index] ?? ''))),
    );
    this.tableLine(
      columns.map(({ title }) => this.paint.heading(title)),
      widths,
    );
    for (const row of rows) this.tableLine(row, widths);
  }

  /** One line of a table whose widths are known before its rows. */
  tableLine(cells: readonly string[], widths: readonly number[]): void {
    const padded = cells.map((cell, index) => {
      const room = (widths[index] ?? 0) - shownWidth(cell);
      return index === cells.length - 1 || room <= 0 ? cell : cell + ' '.repeat(room);
    });
    this.line(`  ${padded.join('  ')}`.trimEnd());
  }

  /** The one result of a command. */
  json(value: JsonValue): void {
    if (this.form === 'json') this.#sink.write(`${JSON.stringify(value, null, 2)}\n`);
    if (this.form === 'jsonl') this.#sink.write(`${JSON.stringify(value)}\n`);
  }

  /** One result of several. `endList` must follow the last. */
  item(value: JsonValue): void {
    if (this.form === 'jsonl') this.json(value);
    if (this.form !== 'json') return;
    const text = JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
    this.#sink.write(`${this.#items === 0 ? '[' : ','}\n  ${text}`);
    this.#items += 1;
  }

  endList(): void {
    if (this.form === 'json') this.#sink.write(this.#items === 0 ? '[]\n' : '\n]\n');
  }
}
