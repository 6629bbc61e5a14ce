// The reads of one turn of the event loop: one message to a reader, one answer.

import { type FaultReport, faultOf } from './sqlite-fault.ts';
import { ValueReader } from './value-reader.ts';
import { tag, ValueWriter } from './value-writer.ts';

export interface ReadCall<Row> {
  /** Its number in the file's definition, or its text. */
  readonly statement: number | string;
  /** Writes the values of the statement's parameters. */
  readonly bind: (values: ValueWriter) => void;
  /** Reads the columns of one row. */
  readonly row: (columns: ValueReader) => Row;
  /** Stop before the bytes of all rows pass this, but not before the first row. */
  readonly bytesMax?: number;
}

interface Caller {
  /** Takes its rows from the answer. */
  readonly settle: (answer: ValueReader) => void;
  readonly reject: (error: unknown) => void;
}

const capacity = 1024;

export class ReadBatch {
  readonly #calls = new ValueWriter(capacity);
  readonly #callers: Caller[] = [];

  add<Row>(call: ReadCall<Row>): Promise<Row[]> {
    const start = this.#calls.position;
    try {
      this.#calls.call(call.statement);
      this.#calls.intOrNone(call.bytesMax ?? null);
      call.bind(this.#calls);
    } catch (error) {
      this.#calls.rewind(start);
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      const settle = (answer: ValueReader): void => {
        const rows = rowsOf(answer, call.row);
        if (Array.isArray(rows)) resolve(rows);
        else reject(faultOf(rows));
      };
      this.#callers.push({ settle, reject });
    });
  }

  /** Sends the batch with `ask` and settles its callers. */
  async send(ask: (message: ArrayBuffer) => Promise<ArrayBuffer>): Promise<void> {
    try {
      const answer = new ValueReader(await ask(this.#calls.finish()));
      for (const caller of this.#callers) caller.settle(answer);
    } catch (error) {
      for (const caller of this.#callers) caller.reject(error);
    }
  }
}

function rowsOf<Row>(answer: ValueReader, row: (columns: ValueReader) => Row): Row[] | FaultReport {
  if (answer.take(tag.failed)) {
    return { kind: answer.text() as FaultReport['kind'], message: answer.text() };
  }
  const rows: Row[] = [];
  while (answer.take(tag.row)) rows.push(row(answer));
  answer.take(tag.end);
  return rows;
}
