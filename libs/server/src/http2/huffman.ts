// The Huffman code of HPACK (RFC 7541, appendix B), for reading.
//
// The code is canonical: lengths alone give it. Codes of one length are consecutive numbers, in the order of their bytes,
// and begin where those of the length before ended, doubled.

/** Bits of the code of each byte. The 257th symbol, the end, has 30 bits, all ones: only its first bits ever appear. */
// biome-ignore format: a table
const lengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
  7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
  23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
  21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

const shortest = 5;
const longest = 30;
/** By length: the first code, how many there are, and where they begin among the symbols. */
const firstCode = new Int32Array(longest + 1);
const codes = new Int32Array(longest + 1);
const firstSymbol = new Int32Array(longest + 1);
const symbols = new Uint8Array(256);

let code = 0;
let placed = 0;
for (let length = shortest; length <= longest; length++) {
  code *= 2;
  firstCode[length] = code;
  firstSymbol[length] = placed;
  for (const [byte, bits] of lengths.entries()) if (bits === length) symbols[placed++] = byte;
  codes[length] = placed - (firstSymbol[length] as number);
  code += codes[length] as number;
}

/** No text is longer than this many bytes for each of its own: the shortest code has 5 bits. */
const growth = 8 / shortest;

/** The bytes that `bytes[from, to)` stand for; null when they are no code, or padded with anything but ones. */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): Buffer | null {
  const out = Buffer.allocUnsafe(Math.floor((to - from) * growth));
  let written = 0;
  let value = 0;
  let length = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    for (let bit = 7; bit >= 0; bit--) {
      value = (value << 1) | ((byte >> bit) & 1);
      length += 1;
      if (length < shortest) continue;
      const among = value - (firstCode[length] as number);
      if (among < (codes[length] as number)) {
        out[written++] = symbols[(firstSymbol[length] as number) + among] as number;
        value = 0;
        length = 0;
      } else if (length === longest) return null;
    }
  }
  const padded = length < 8 && value === (1 << length) - 1;
  return padded ? out.subarray(0, written) : null;
}
