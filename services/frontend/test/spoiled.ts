// Tables of refusals: what the caller is told, and the fields that, put into a valid request, make it so.

import type { StatusName } from '@perdure/kernel';
import { type RpcName, type RpcRequestInit, rpcCodec } from '@perdure/wire';
import { type Refusal, scriptedFrontend } from './scripted-frontend.ts';
import { validRequests } from './valid-requests.ts';

const frontend = scriptedFrontend();

/** By message: requests that are refused with it. */
export type Refusals<R extends RpcName> = Readonly<Record<string, readonly RpcRequestInit<R>[]>>;

export interface Row {
  readonly rpc: RpcName;
  readonly fields: object;
  readonly text: string;
}

export function rows<R extends RpcName>(rpc: R, code: StatusName, refusals: Refusals<R>): Row[] {
  return Object.entries(refusals).flatMap(([message, requests]) =>
    requests.map((fields) => ({ rpc, fields, text: `${code}: ${message}` })),
  );
}

/** The refusal of the spoiled request. Fails if it is not refused, or reaches a service. */
export async function refusalOf(name: RpcName, fields: object): Promise<Refusal> {
  const bytes = rpcCodec(name).request.encode({ ...validRequests[name], ...fields });
  const asked = frontend.asked.length;
  const refusal = await frontend.refusal(name, bytes);
  if (frontend.asked.length > asked) throw new Error(`${name} reached a service`);
  return refusal;
}

/** The request that reaches the service. */
export async function admitted<R extends RpcName>(name: R, fields: object): Promise<object> {
  await frontend.ask(name, { ...validRequests[name], ...fields });
  return frontend.asked.at(-1)?.routed.request as object;
}

export const long = 'x'.repeat(1_001);
export const nul = 'a\0b';
/** One byte more than any group of payloads may have. */
export const tooMuch = new Uint8Array(2 * 1024 * 1024 + 1);
export const mixedSigns = { seconds: 1, nanos: -1 };
