// A whole history as JSON that SDKs replay: payloads stay as they are on the wire.

import { type FullHistoryEvent, fullType, type JsonValue, protoJson } from '@perdure/wire/full';
import { historyEventType } from './read.ts';

export async function eventsJson(events: AsyncIterable<FullHistoryEvent>): Promise<JsonValue> {
  const type = fullType(historyEventType);
  const json: JsonValue[] = [];
  for await (const event of events) json.push(protoJson(type, event, 'raw'));
  return { events: json };
}
