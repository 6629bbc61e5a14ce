// Literals of a filter as values of the attribute they are compared with (wire-contract 6.1). Each returns undefined for
// what is no value of its type.

import { WorkflowExecutionStatus } from '@perdure/wire';
import { parseTimestamp } from './timestamp.ts';
import { numberOf, stringOf } from './tokens.ts';

const statusNumbers = new Map<string, number>();
for (const [name, number] of Object.entries(WorkflowExecutionStatus)) {
  const words = name.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase();
  statusNumbers.set(name, number);
  statusNumbers.set(`WORKFLOW_EXECUTION_STATUS_${words}`, number);
  statusNumbers.set(String(number), number);
}

/** A name, as clients spell it, or a number. */
export function statusLiteral(token: string): number | undefined {
  return statusNumbers.get(stringOf(token) ?? token);
}

/** A string; a number stands for its text. */
export function keywordLiteral(token: string): string | undefined {
  return stringOf(token) ?? numberOf(token);
}

/** µs since 1970: RFC 3339, or whole ns since 1970. */
export function timeLiteral(token: string): number | undefined {
  const text = stringOf(token);
  if (text !== undefined) return parseTimestamp(text);
  const ns = integerLiteral(token);
  return ns === undefined ? undefined : Number(ns / 1000n);
}

export function integerLiteral(token: string): bigint | undefined {
  const text = stringOf(token) ?? token;
  return /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

export function doubleLiteral(token: string): number | undefined {
  const text = stringOf(token) ?? token;
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

export function boolLiteral(token: string): boolean | undefined {
  const text = (stringOf(token) ?? token).toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
