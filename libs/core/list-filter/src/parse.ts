// The filter language of lists (wire-contract 6.1), as far as it goes here: comparisons joined by AND, and for a count
// GROUP BY ExecutionStatus. Anything else is refused with what would be taken.

import { accepted, invalidArgument, type Result, rejected } from '@perdure/kernel';
import { IndexedValueType as Type } from '@perdure/wire';
import type { AttributeTypes } from './attributes.ts';
import {
  type AttributeValue,
  type Condition,
  type ListFilter,
  type Sign,
  type SystemField,
  type SystemValue,
  systemFields,
} from './filter.ts';
import * as literal from './literal.ts';
import { isKeyword, type Tokens, tokensOf } from './tokens.ts';
import { wordsOf } from './words.ts';

export interface ParsedQuery {
  readonly filter: ListFilter;
  readonly groupByStatus: boolean;
}

const lengthMax = 64 * 1024;
/** Literals of one query: each becomes a bound value. */
const literalsMax = 1_000;
const conditionsMax = 100;

const comparisons: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
const equalities: readonly Sign[] = ['=', '!='];
const memberships: readonly Sign[] = ['=', '!=', 'in'];

/** Leaves the parser from anywhere in it, and not the file. */
class Refusal extends Error {}

function refuse(problem: string): never {
  throw new Refusal(`invalid query: ${problem}`);
}

function notYet(problem: string): never {
  refuse(
    `${problem}; this server version supports comparisons (=, !=, <, <=, >, >=, IN, BETWEEN) joined by AND`,
  );
}

const incomplete = (): never => refuse('invalid expression: incomplete expression');

const runFields: ReadonlySet<string> = new Set(Object.keys(systemFields));

/** A message of rejection begins "invalid query: ". `types`: of the attributes that are not among the fields of a run. */
export function parseListQuery(
  query: string,
  use: 'list' | 'count',
  types: AttributeTypes,
  fields: ReadonlySet<string> = runFields,
): Result<ParsedQuery> {
  try {
    return accepted(parse(query, use, types, fields));
  } catch (error) {
    if (error instanceof Refusal) return rejected(invalidArgument(error.message));
    throw error;
  }
}

function parse(
  query: string,
  use: 'list' | 'count',
  types: AttributeTypes,
  fields: ReadonlySet<string>,
): ParsedQuery {
  if (query.length > lengthMax) refuse(`longer than ${lengthMax} characters`);
  const tokens = tokensOf(query);
  const filter: Condition[] = [];
  let literals = 0;
  if (tokens.peek() !== undefined && !atClause(tokens)) {
    do {
      const condition = parseCondition(tokens, types, fields);
      literals += condition.values.length;
      if (filter.push(condition) > conditionsMax || literals > literalsMax)
        refuse(`more than ${conditionsMax} conditions or ${literalsMax} values`);
    } while (joined(tokens));
  }
  const groupByStatus = parseClause(tokens, use);
  return { filter, groupByStatus };
}

const atClause = (tokens: Tokens): boolean =>
  ['GROUP', 'ORDER', 'LIMIT'].some((word) => isKeyword(tokens.peek(), word));

/** Whether another condition comes. */
function joined(tokens: Tokens): boolean {
  if (tokens.peek() === undefined || atClause(tokens)) return false;
  const word = tokens.next() ?? '';
  return isKeyword(word, 'AND') || notYet(`unexpected ${word}`);
}

function parseClause(tokens: Tokens, use: 'list' | 'count'): boolean {
  const clause = tokens.next()?.toLowerCase();
  if (clause === undefined) return false;
  const name = clause === 'limit' ? clause : `${clause} by`;
  if (clause !== 'group' || use === 'list') refuse(`operation is not supported: '${name}' clause`);
  const ofStatus =
    isKeyword(tokens.next(), 'BY') &&
    tokens.next() === 'ExecutionStatus' &&
    tokens.next() === undefined;
  if (ofStatus) return true;
  refuse(
    "operation is not supported: 'group by' clause is only supported for ExecutionStatus search attribute",
  );
}

interface Comparison {
  readonly name: string;
  readonly sign: Sign;
  readonly literals: readonly string[];
}

function parseCondition(
  tokens: Tokens,
  types: AttributeTypes,
  fields: ReadonlySet<string>,
): Condition {
  const name = tokens.next() ?? incomplete();
  if (name === '(' || isKeyword(name, 'NOT')) notYet(`unexpected ${name}`);
  if (!/^[\w.]/.test(name) || /^\d/.test(name))
    refuse(`invalid expression: must be a column name but was ${name}`);
  const system = fields.has(name) ? (name as SystemField) : undefined;
  const type = system === undefined ? types(name) : undefined;
  if (system === undefined && type === undefined)
    refuse(`invalid expression: column name '${name}' is not a valid search attribute`);
  const comparison = parseComparison(name, tokens);
  return system === undefined
    ? attributeCondition(comparison, type ?? 0)
    : systemCondition(system, comparison);
}

function parseComparison(name: string, tokens: Tokens): Comparison {
  const word = tokens.next() ?? incomplete();
  if (comparisons.has(word) || word === '<>') {
    const sign = word === '<>' ? '!=' : (word as Sign);
    return { name, sign, literals: [tokens.next() ?? incomplete()] };
  }
  if (isKeyword(word, 'BETWEEN')) {
    const low = tokens.next() ?? incomplete();
    if (!isKeyword(tokens.next(), 'AND')) incomplete();
    return { name, sign: 'between', literals: [low, tokens.next() ?? incomplete()] };
  }
  if (isKeyword(word, 'IN')) return { name, sign: 'in', literals: parseList(tokens) };
  return notYet(`unexpected ${word}`);
}

function parseList(tokens: Tokens): string[] {
  const literals: string[] = [];
  if (tokens.next() !== '(') incomplete();
  do {
    literals.push(tokens.next() ?? incomplete());
    if (literals.length > literalsMax) refuse(`more than ${literalsMax} values`);
  } while (tokens.peek() === ',' && tokens.next() !== undefined);
  if (tokens.next() !== ')') incomplete();
  return literals;
}

function systemCondition(field: SystemField, comparison: Comparison): Condition {
  const read = (token: string): SystemValue => {
    switch (systemFields[field]) {
      case 'text':
        return literal.keywordLiteral(token) ?? badValue(comparison, token);
      case 'status':
        return (
          literal.statusLiteral(token) ??
          refuse(`invalid expression: invalid ExecutionStatus value ${quoted(token)}`)
        );
      case 'time':
        return literal.timeLiteral(token) ?? badTime(token);
    }
  };
  const values = comparison.literals.map(read);
  return { kind: 'system', field, sign: comparison.sign, values };
}

function attributeCondition(comparison: Comparison, type: number): Condition {
  const { name, sign, literals } = comparison;
  const values = (read: (token: string) => AttributeValue | undefined): AttributeValue[] =>
    literals.map((token) => read(token) ?? badValue(comparison, token));
  const one = (read: (token: string) => AttributeValue | undefined): Condition => ({
    kind: 'attribute',
    name,
    many: false,
    sign,
    values: values(read),
  });
  const many = (held: readonly AttributeValue[]): Condition => ({
    kind: 'attribute',
    name,
    many: true,
    sign: sign === '!=' ? '!=' : 'in',
    values: held,
  });
  switch (type) {
    case Type.Keyword:
      return one(literal.keywordLiteral);
    case Type.Int:
      return one(literal.integerLiteral);
    case Type.Double:
      return one(literal.doubleLiteral);
    case Type.Datetime:
      return one((token) => literal.timeLiteral(token) ?? badTime(token));
    case Type.Bool:
      checkSign(comparison, 'Bool', equalities);
      return one(literal.boolLiteral);
    case Type.KeywordList:
      checkSign(comparison, 'KeywordList', memberships);
      return many(values(literal.keywordLiteral));
    case Type.Text: {
      checkSign(comparison, 'Text', equalities);
      const texts = values(literal.keywordLiteral);
      return many(texts.flatMap((text) => wordsOf(String(text))));
    }
  }
  return notYet(`${name} is not of a type that can be filtered on`);
}

function checkSign(
  { name, sign, literals }: Comparison,
  type: string,
  allowed: readonly Sign[],
): void {
  if (allowed.includes(sign)) return;
  const shown = sign === 'in' ? `(${literals.join(', ')})` : literals.join(' and ');
  refuse(
    `invalid expression: operator '${sign}' not supported for ${type} type search attribute in \`${name} ${sign} ${shown}\``,
  );
}

const quoted = (token: string): string => token.replace(/^["'](.*)["']$/s, "'$1'");

function badTime(token: string): never {
  refuse(`invalid expression: unable to parse datetime ${quoted(token)}`);
}

function badValue({ name }: Comparison, token: string): never {
  refuse(`invalid expression: invalid value for search attribute ${name}: ${quoted(token)}`);
}
