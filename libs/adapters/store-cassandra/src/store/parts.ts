// Bytes in parts of bounded size: Cassandra holds a cell in memory whole, several times.

/** Largest cell. */
export const partBytes = 256 * 1024;

/** At least one part. Copies: the caller may use the bytes again at once. */
export function partsOf(bytes: Uint8Array): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += partBytes) {
    parts.push(Buffer.from(bytes.subarray(at, at + partBytes)));
  }
  return parts;
}

/** Bytes of its own, which nobody else has. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return new Uint8Array(only);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
