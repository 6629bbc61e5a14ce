// Ids as keys. A canonical UUID (lower case) takes 17 bytes: 0xFF and its 16. Every other id is its UTF-8, in which
// 0xFF never stands; so no two ids share a key, and keys of UUIDs sort as their texts do.

export const uuidKeyLength = 17;
const uuidMark = 0xff;
const uuidTextLength = 36;
const dash = 0x2d;
const notHex = 0xff;

/** Value of each ASCII character as a lower-case hex digit. */
const digit = new Uint8Array(128).fill(notHex);
for (let value = 0; value < 16; value++) digit[value.toString(16).charCodeAt(0)] = value;

/** Writes the key of a canonical UUID at `at`; false, and no promise about the bytes, if `id` is not one. */
export function putUuidKey(id: string, bytes: Uint8Array, at: number): boolean {
  if (id.length !== uuidTextLength) return false;
  bytes[at] = uuidMark;
  let position = at + 1;
  for (let i = 0; i < uuidTextLength; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (id.charCodeAt(i) !== dash) return false;
      i += 1;
    }
    const high = digit[id.charCodeAt(i)] ?? notHex;
    const low = digit[id.charCodeAt(i + 1)] ?? notHex;
    if (high > 15 || low > 15) return false;
    bytes[position] = (high << 4) | low;
    position += 1;
  }
  return true;
}

/** The id whose key stands at `from` to `to`. */
export function idOfKey(bytes: Buffer, from: number, to: number): string {
  if (to - from !== uuidKeyLength || bytes[from] !== uuidMark)
    return bytes.toString('utf8', from, to);
  const hex = bytes.toString('hex', from + 1, to);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `${parts.join('-')}-${hex.slice(20)}`;
}
