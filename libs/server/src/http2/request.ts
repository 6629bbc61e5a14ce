// The fields of a request, checked as RFC 9113 (8.2, 8.3) asks and no further: what they mean is gRPC's business.

/** A request; `fields` as they came, names and values by turns. */
export interface RequestFields {
  readonly method: string;
  readonly path: string;
  readonly contentLength: number | null;
  readonly fields: readonly string[];
}

const forbidden = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Null: malformed, the stream is to be reset. */
export function requestOf(fields: readonly string[]): RequestFields | null {
  let method: string | null = null;
  let path: string | null = null;
  let scheme: string | null = null;
  let authority: string | null = null;
  let contentLength: number | null = null;
  let regular = false;
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] as string;
    const value = fields[at + 1] as string;
    if (name.charCodeAt(0) === colon) {
      if (regular) return null;
      if (name === ':method' && method === null) method = value;
      else if (name === ':path' && path === null) path = value;
      else if (name === ':scheme' && scheme === null) scheme = value;
      else if (name === ':authority' && authority === null) authority = value;
      else return null;
      continue;
    }
    regular = true;
    if (!isName(name) || forbidden.has(name)) return null;
    if (name === 'te' && value !== 'trailers') return null;
    if (name === 'content-length') {
      if (contentLength !== null || !/^\d{1,15}$/.test(value)) return null;
      contentLength = Number(value);
    }
  }
  if (method === null || path === null || path === '' || scheme === null) return null;
  return { method, path, contentLength, fields };
}

/** Of trailers: nothing with a colon in front. */
export function areTrailers(fields: readonly string[]): boolean {
  for (let at = 0; at < fields.length; at += 2) if (!isName(fields[at] as string)) return false;
  return true;
}

/** The value of the field of that name; empty when there is none. */
export function fieldOf(fields: readonly string[], name: string): string {
  for (let at = 0; at < fields.length; at += 2)
    if (fields[at] === name) return fields[at + 1] as string;
  return '';
}

const colon = 0x3a;

function isName(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code <= 0x20 || code === colon || code >= 0x7f || (code >= 0x41 && code <= 0x5a))
      return false;
  }
  return name.length > 0;
}
