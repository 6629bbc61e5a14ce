// Calls with bytes in place of messages: what is sent may be no message at all.

import { Client, credentials, Metadata, status } from '@grpc/grpc-js';

export interface ByteAnswer {
  /** Name of the status; OK when it succeeded. */
  readonly code: string;
  readonly message: string;
  /** Empty unless it succeeded. */
  readonly bytes: Uint8Array;
  readonly tookMs: number;
}

const unchanged = (bytes: Buffer): Buffer => bytes;

export class ByteClient {
  readonly #client: Client;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': 128 * 1024 * 1024,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  call(path: string, bytes: Uint8Array, timeoutMs: number): Promise<ByteAnswer> {
    const began = performance.now();
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        path,
        unchanged,
        unchanged,
        Buffer.from(bytes),
        new Metadata(),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          resolve({
            code: error === null ? 'OK' : (status[error.code] ?? String(error.code)),
            message: error?.details ?? '',
            bytes: response ?? new Uint8Array(0),
            tookMs: performance.now() - began,
          });
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
