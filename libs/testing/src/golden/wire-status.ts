// What a failed call said: the status with its typed details, as any client of the public API may read it.

import { type ServiceError, status } from '@grpc/grpc-js';
import { publicCodec } from '@perdure/wire';

interface AnyMessage {
  readonly type_url: string;
  readonly value: Uint8Array;
}
interface StatusMessage {
  readonly code: number;
  readonly message: string;
  readonly details: readonly AnyMessage[];
}

const statusCodec = publicCodec<unknown>('google.rpc.Status') as unknown as {
  decode(bytes: Uint8Array): StatusMessage;
};

/** One typed detail: the short name of its message and its fields. */
export interface StatusDetail {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export class WireStatus extends Error {
  override readonly name = 'WireStatus';
  readonly code: string;
  readonly details: readonly StatusDetail[];

  constructor(rpc: string, error: ServiceError) {
    super(error.details, { cause: error });
    this.code = status[error.code] ?? String(error.code);
    this.details = readDetails(error);
    this.stack = `${rpc}: ${this.code} ${error.details}\n${this.stack ?? ''}`;
  }

  /** The fields of the detail of that type. */
  detail(type: string): Readonly<Record<string, unknown>> | undefined {
    return this.details.find((detail) => detail.type === type)?.fields;
  }
}

function readDetails(error: ServiceError): StatusDetail[] {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Uint8Array)) return [];
  return statusCodec.decode(bytes).details.map((any) => {
    const typeName = any.type_url.slice(any.type_url.lastIndexOf('/') + 1);
    const fields = publicCodec<Record<string, unknown>>(typeName).decode(any.value);
    return { type: typeName.slice(typeName.lastIndexOf('.') + 1), fields };
  });
}

/** The status a call must end with. Anything else, success included, throws. */
export async function statusOf(call: Promise<unknown>): Promise<WireStatus> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WireStatus) return error;
    throw error;
  }
  throw new Error('the call succeeded, a status was expected');
}
