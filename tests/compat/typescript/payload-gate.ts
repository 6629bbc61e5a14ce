// A payload codec that holds a workflow task in the worker's hands for as long as a test likes.
//
// A task is answered only when its payloads are encoded. A payload that holds `hold:<name>` waits here, the first time
// it is seen, until the test sends `release <name>`; the test is sent `held <name>`. Payloads themselves pass unchanged.

import type { Payload, PayloadCodec } from '@temporalio/common';
import { receive, send } from './mailbox.ts';

export function payloadGate(): PayloadCodec {
  const seen = new Set<string>();
  return {
    async encode(payloads: Payload[]): Promise<Payload[]> {
      for (const { data } of payloads) {
        const name = /hold:([\w-]+)/.exec(new TextDecoder().decode(data ?? undefined))?.[1];
        if (name === undefined || seen.has(name)) continue;
        seen.add(name);
        send(`held ${name}`);
        await receive(`release ${name}`);
      }
      return payloads;
    },
    decode: (payloads: Payload[]) => Promise.resolve(payloads),
  };
}
