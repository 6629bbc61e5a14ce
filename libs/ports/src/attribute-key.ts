// Values of search attributes as keys: bytes that sort as the values do. Shared by the adapters that index bytes.

import type { AttributeValue } from '@perdure/core-list-filter';

const numberBytes = 8;
const integerMax = 2n ** 63n - 1n;
const integerMin = -(2n ** 63n);

export function attributeKey(value: AttributeValue): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
  return typeof value === 'bigint' ? integerKey(value) : doubleKey(value);
}

/** Two's complement with its sign turned over. What is too large stands at the end. */
function integerKey(value: bigint): Uint8Array {
  const held = value > integerMax ? integerMax : value < integerMin ? integerMin : value;
  const key = Buffer.alloc(numberBytes);
  key.writeBigUInt64BE(BigInt.asUintN(64, held) ^ (1n << 63n));
  return key;
}

/** IEEE 754: a positive number with its sign set, a negative one with every bit turned over. There is one zero. */
function doubleKey(value: number): Uint8Array {
  const key = Buffer.alloc(numberBytes);
  key.writeDoubleBE(value + 0);
  const negative = (key[0] ?? 0) >= 0x80;
  for (let i = 0; i < numberBytes; i++)
    key[i] = (key[i] ?? 0) ^ (negative ? 0xff : i === 0 ? 0x80 : 0);
  return key;
}
