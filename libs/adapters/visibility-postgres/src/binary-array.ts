// Arrays as PostgreSQL takes them in binary (array_recv): one parameter holds a column of many rows, without text or escapes.
//
//   array = dimensions:i32=1 hasNulls:i32=0 elementType:i32 length:i32 lowerBound:i32=1 (size:i32 byte*)*
//   An array without elements has no dimension: i32=0 i32=0 elementType:i32

const byteaType = 17;
const bigintType = 20;
const headerBytes = 20;
const emptyBytes = 12;
const sizeBytes = 4;
const bigintBytes = 8;
const twoTo32 = 2 ** 32;

/** For a parameter of type bytea[]. */
export function byteaArray(values: readonly Uint8Array[]): Buffer {
  let bytes = headerBytes;
  for (const value of values) bytes += sizeBytes + value.length;
  const array = header(values.length, byteaType, bytes);
  let at = headerBytes;
  for (const value of values) {
    array.writeInt32BE(value.length, at);
    array.set(value, at + sizeBytes);
    at += sizeBytes + value.length;
  }
  return array;
}

/** For a parameter of type bigint[]. Throws a TypeError for a number that is not a safe integer. */
export function bigintArray(values: readonly number[]): Buffer {
  const array = header(
    values.length,
    bigintType,
    headerBytes + values.length * (sizeBytes + bigintBytes),
  );
  let at = headerBytes;
  for (const value of values) {
    checkInteger(value);
    array.writeInt32BE(bigintBytes, at);
    const high = Math.floor(value / twoTo32);
    array.writeInt32BE(high, at + sizeBytes);
    array.writeUInt32BE(value - high * twoTo32, at + sizeBytes + sizeBytes);
    at += sizeBytes + bigintBytes;
  }
  return array;
}

export function checkInteger(value: number): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not an integer`);
}

function header(length: number, type: number, bytes: number): Buffer {
  const array = Buffer.alloc(length === 0 ? emptyBytes : bytes);
  array.writeInt32BE(type, 8);
  if (length === 0) return array;
  array.writeInt32BE(1, 0);
  array.writeInt32BE(length, 12);
  array.writeInt32BE(1, 16);
  return array;
}
