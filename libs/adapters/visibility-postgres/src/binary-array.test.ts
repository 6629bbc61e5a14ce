import { expect, test } from 'vitest';
import { bigintArray, byteaArray, checkInteger } from './binary-array.ts';

test('bigintArray: the head of an array of one dimension, then each number with its size, big end first', () => {
  const array = bigintArray([1, -2, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
  expect(array.subarray(0, 20).toString('hex')).toBe(
    ['00000001', '00000000', '00000014', '00000004', '00000001'].join(''),
  );
  const numbers = [1n, -2n, 2n ** 53n - 1n, -(2n ** 53n) + 1n];
  for (const [i, number] of numbers.entries()) {
    const at = 20 + i * 12;
    expect([array.readInt32BE(at), array.readBigInt64BE(at + 4)]).toEqual([8, number]);
  }
  expect(array).toHaveLength(20 + numbers.length * 12);
});

test('byteaArray: each value with its length', () => {
  const array = byteaArray([Uint8Array.of(7, 0), new Uint8Array(0)]);
  expect(array.subarray(8, 16).toString('hex')).toBe('0000001100000002');
  expect(array.subarray(20).toString('hex')).toBe('00000002070000000000');
});

test('an array without elements has no dimension', () => {
  expect(bigintArray([]).toString('hex')).toBe('000000000000000000000014');
  expect(byteaArray([]).toString('hex')).toBe('000000000000000000000011');
});

test.for([0.5, Number.NaN, Infinity, 2 ** 53])('%d is refused', (number) => {
  expect(() => bigintArray([1, number])).toThrow(TypeError);
  expect(() => checkInteger(number)).toThrow(TypeError);
});
