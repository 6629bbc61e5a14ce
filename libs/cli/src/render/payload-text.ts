// User data and failures as one line of text.

import { type Failure, type Payload, type Payloads, shorthandPayload } from '@perdure/wire/full';

const utf8 = new TextDecoder();

/** What a payload holds: its JSON, or what kind of bytes and how many. */
export function payloadText(payload: Payload): string {
  const { encoding, messageType } = payload.metadata;
  const metadata: Record<string, Uint8Array> = {};
  if (encoding !== undefined) metadata['encoding'] = encoding;
  if (messageType !== undefined) metadata['messageType'] = messageType;
  const value = shorthandPayload({ metadata, data: payload.data });
  if (value !== undefined) return JSON.stringify(value);
  const kind = encoding === undefined ? 'unknown encoding' : utf8.decode(encoding);
  return `<${kind}, ${payload.data.length} bytes>`;
}

export function payloadTexts(payloads: Payloads | null): readonly string[] {
  return (payloads?.payloads ?? []).map(payloadText);
}

/** Several arguments in brackets, one as it is, none as nothing. */
export function payloadsText(payloads: Payloads | null): string {
  const texts = payloadTexts(payloads);
  return texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '');
}

/** Fields of a memo or of search attributes as `{"key": value}`. */
export function fieldsText(fields: Readonly<Record<string, Payload>> | undefined): string {
  const texts = Object.entries(fields ?? {}).map(
    ([key, payload]) => `${JSON.stringify(key)}: ${payloadText(payload)}`,
  );
  return texts.length === 0 ? '' : `{${texts.join(', ')}}`;
}

/** The message of a failure, then the messages of its causes. */
export function failureText(failure: Failure | null): string {
  const parts: string[] = [];
  for (let at = failure; at !== null && at !== undefined; at = at.cause) parts.push(oneFailure(at));
  return parts.join(' <- ');
}

function oneFailure(failure: Failure): string {
  const type = failure.applicationFailureInfo?.type ?? '';
  const message = failure.message || kindOf(failure);
  return type === '' || message.startsWith(type) ? message : `${type}: ${message}`;
}

function kindOf(failure: Failure): string {
  if (failure.timeoutFailureInfo !== null) return 'timed out';
  if (failure.canceledFailureInfo !== null) return 'canceled';
  if (failure.terminatedFailureInfo !== null) return 'terminated';
  return 'failed';
}

/** A failure for a card: each cause on a line of its own, details and stack under it. */
export function failureBlock(failure: Failure | null, indent: string): string {
  const lines: string[] = [];
  for (let at = failure; at !== null && at !== undefined; at = at.cause) {
    lines.push(`${lines.length === 0 ? '' : 'Cause: '}${oneFailure(at)}`);
    const details = payloadsText(at.applicationFailureInfo?.details ?? null);
    if (details !== '') lines.push(`Details: ${details}`);
    const stack = at.stackTrace.trim();
    if (stack !== '') lines.push(...stack.split('\n').map((line) => `  ${line.trim()}`));
  }
  return lines.join(`\n${indent}`);
}
