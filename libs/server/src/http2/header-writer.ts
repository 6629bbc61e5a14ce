// Writes the header blocks of answers (RFC 7541). Two fields stand in almost every answer; the peer is told to keep them
// at their first use, and from then on each is one byte.

import { staticFields } from './hpack-static.ts';

export interface AnswerStatus {
  readonly code: number;
  /** Percent-encoded already. */
  readonly message: string;
  /** Base64 of `grpc-status-details-bin`; empty: none. */
  readonly details: string;
}

export const okStatus: AnswerStatus = { code: 0, message: '', details: '' };

const status200 = 0x88;
const contentType: readonly [string, string] = ['content-type', 'application/grpc'];
const contentTypeIndex = staticFields.findIndex(([name]) => name === 'content-type') + 1;
const noTable = 0x20;
/** The room that a peer gives unless it says otherwise. */
const tableBytesUsual = 4096;

export class HeaderWriter {
  /** How many fields the peer keeps of ours, and which of them each is, counted from 1; 0: not kept yet. */
  #kept = 0;
  #contentTypeAt = 0;
  #statusOkAt = 0;
  #keeps = true;
  #announce = false;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. A peer with less room than usual is given whole fields from now on. */
  tableSize(bytes: number): void {
    if (bytes >= tableBytesUsual || !this.#keeps) return;
    this.#keeps = false;
    this.#announce = true;
    this.#contentTypeAt = 0;
    this.#statusOkAt = 0;
  }

  /** Of an answer with a message. */
  headers(): number[] {
    const block = this.#begin();
    block.push(status200);
    this.#contentType(block);
    return block;
  }

  trailers(status: AnswerStatus): number[] {
    const block = this.#begin();
    this.#status(block, status);
    return block;
  }

  /** An answer that is nothing but a status. */
  trailersOnly(status: AnswerStatus): number[] {
    const block = this.headers();
    this.#status(block, status);
    return block;
  }

  /** An answer that is not gRPC's, for who did not ask in gRPC. */
  httpStatus(code: number): number[] {
    const block = this.#begin();
    // The name of static field 8, with another value.
    block.push(0x08);
    text(block, String(code));
    return block;
  }

  #begin(): number[] {
    if (!this.#announce) return [];
    this.#announce = false;
    return [noTable];
  }

  #contentType(block: number[]): void {
    if (this.#contentTypeAt > 0) {
      block.push(0x80 | this.#indexOf(this.#contentTypeAt));
      return;
    }
    // With or without being kept: the first bits differ, and with them the room of the index.
    if (this.#keeps) {
      block.push(0x40 | contentTypeIndex);
      this.#contentTypeAt = ++this.#kept;
    } else block.push(0x0f, contentTypeIndex - 0x0f);
    text(block, contentType[1]);
  }

  #status(block: number[], { code, message, details }: AnswerStatus): void {
    if (code === 0) this.#statusOk(block);
    else field(block, 0x00, 'grpc-status', String(code));
    if (message !== '') field(block, 0x00, 'grpc-message', message);
    if (details !== '') field(block, 0x00, 'grpc-status-details-bin', details);
    if (code === unimplemented) field(block, 0x00, 'grpc-accept-encoding', 'identity,deflate,gzip');
  }

  #statusOk(block: number[]): void {
    if (this.#statusOkAt > 0) {
      block.push(0x80 | this.#indexOf(this.#statusOkAt));
      return;
    }
    field(block, this.#keeps ? 0x40 : 0x00, 'grpc-status', '0');
    if (this.#keeps) this.#statusOkAt = ++this.#kept;
  }

  /** The newest field that is kept stands first behind the static ones. */
  #indexOf(keptAs: number): number {
    return staticFields.length + 1 + this.#kept - keptAs;
  }
}

const unimplemented = 12;

function field(block: number[], kind: number, name: string, value: string): void {
  block.push(kind);
  text(block, name);
  text(block, value);
}

/** A text of ASCII, with its length in front, without Huffman. */
function text(block: number[], value: string): void {
  integer(block, value.length);
  for (let at = 0; at < value.length; at++) block.push(value.charCodeAt(at) & 0xff);
}

function integer(block: number[], value: number): void {
  if (value < 0x7f) {
    block.push(value);
    return;
  }
  block.push(0x7f);
  let rest = value - 0x7f;
  while (rest >= 0x80) {
    block.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  block.push(rest);
}
