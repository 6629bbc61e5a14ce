// A filter as SQL. The text depends on the shape of the filter alone: every value is bound.
//
// S1. PostgreSQL chooses the index by what it knows of the values. Whatever equality a filter has, one index finds its rows
//     in the order of lists, so that a page costs what it shows.
// S2. Counts by type, queue and status alone are read off the table of counts.
// S3. A condition never holds for what a row does not have: no close time, no such attribute.

import {
  attributeKey,
  type Condition,
  type ListFilter,
  type Sign,
  type SystemField,
  type VisibilityPosition,
} from '@perdure/ports';
import { bigintArray, byteaArray } from './binary-array.ts';
import { idBytes } from './id-bytes.ts';
import { closeOrder, openOrder, shownColumns } from './row-columns.ts';
import { type Statement, StatementValues } from './statement.ts';

type System = Extract<Condition, { readonly kind: 'system' }>;
type Attribute = Extract<Condition, { readonly kind: 'attribute' }>;

interface Column {
  readonly name: string;
  readonly holds: 'id' | 'text' | 'number' | 'negated';
}

const columns: Readonly<Record<SystemField, Column>> = {
  RunId: { name: 'r.run', holds: 'id' },
  WorkflowId: { name: 'r.wf', holds: 'text' },
  WorkflowType: { name: 'r.type', holds: 'text' },
  ExecutionStatus: { name: 'r.status', holds: 'number' },
  TaskQueue: { name: 'r.queue', holds: 'text' },
  StartTime: { name: 'r.start_order', holds: 'negated' },
  ExecutionTime: { name: 'r.execution_time', holds: 'number' },
  CloseTime: { name: 'r.close_order', holds: 'negated' },
};
const counted: ReadonlySet<SystemField> = new Set(['WorkflowType', 'TaskQueue', 'ExecutionStatus']);
/** The head of a value that its index holds. */
const headBytes = 512;

/** Lists in their order, behind `after` when given. */
export function compileList(
  namespaceId: string,
  filter: ListFilter,
  after: VisibilityPosition | null,
  limit: number,
): Statement {
  const values = new StatementValues();
  const { from, order, conditions } = source(namespaceId, filter, values);
  if (after !== null) {
    const position = [closeOrder(after.closeTimeUs), -after.startTimeUs, idBytes(after.runId)];
    conditions.push(`(${order}) > (${position.map((part) => values.bind(part)).join(', ')})`);
  }
  const where = conditions.join(' AND ');
  const text = `SELECT ${shownColumns} FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT ${values.bind(limit)}`;
  return { text, values: values.values };
}

/** Rows of (status, runs). */
export function compileCount(namespaceId: string, filter: ListFilter): Statement {
  const values = new StatementValues();
  if (filter.every((one) => one.kind === 'system' && counted.has(one.field))) {
    const conditions = [
      `r.ns = ${values.bind(idBytes(namespaceId))}`,
      ...filter.map((one) => conditionOf(one, values)),
    ];
    const text = `SELECT r.status, sum(r.n)::bigint FROM perdure.visibility_counts r
      WHERE ${conditions.join(' AND ')} GROUP BY r.status`;
    return { text, values: values.values };
  }
  const { from, conditions } = source(namespaceId, filter, values);
  const text = `SELECT r.status, count(*) FROM ${from} WHERE ${conditions.join(' AND ')} GROUP BY r.status`;
  return { text, values: values.values };
}

interface Source {
  readonly from: string;
  readonly order: string;
  readonly conditions: string[];
}

/** S1. One attribute that is asked for by one value leads: each run stands once under it, in order. */
function source(namespaceId: string, filter: ListFilter, values: StatementValues): Source {
  const ns = values.bind(idBytes(namespaceId));
  const known = filter.some(
    (one) =>
      one.kind === 'system' &&
      one.sign === '=' &&
      (one.field === 'RunId' || one.field === 'WorkflowId'),
  );
  const leader = known ? undefined : filter.find(leads);
  const rest = filter.filter((one) => one !== leader).map((one) => conditionOf(one, values));
  if (leader === undefined) {
    return {
      from: 'perdure.visibility_runs r',
      order: 'r.close_order, r.start_order, r.run',
      conditions: [`r.ns = ${ns}`, ...rest],
    };
  }
  const name = values.bind(Buffer.from(leader.name));
  const key = attributeKey(leader.values[0] as string);
  const head = values.bind(key.subarray(0, headBytes));
  const value = values.bind(key);
  const led = [
    `a.ns = ${ns}`,
    `a.name = ${name}`,
    `substring(a.value FROM 1 FOR ${headBytes}) = ${head}`,
    `a.value = ${value}`,
  ];
  return {
    from: 'perdure.visibility_attributes a JOIN perdure.visibility_runs r ON r.id = a.row_id',
    order: 'a.close_order, a.start_order, a.run',
    conditions: [...led, ...rest],
  };
}

function leads(one: Condition): one is Attribute {
  return (
    one.kind === 'attribute' && one.values.length === 1 && (one.sign === '=' || one.sign === 'in')
  );
}

function conditionOf(condition: Condition, values: StatementValues): string {
  return condition.kind === 'system'
    ? systemCondition(condition, values)
    : attributeCondition(condition, values);
}

const signs: Readonly<Record<Exclude<Sign, 'in' | 'between'>, string>> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const turned: Readonly<Record<Sign, Sign>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  in: 'in',
  between: 'between',
};

/** What stands on the right of a comparison, its values bound. */
interface Operands {
  readonly count: number;
  one(index: number): string;
  all(): string;
}

function bytes(given: readonly Uint8Array[], values: StatementValues): Operands {
  return {
    count: given.length,
    one: (index) => `${values.bind(given[index] as Uint8Array)}::bytea`,
    all: () => `${values.bind(byteaArray(given))}::bytea[]`,
  };
}

function numbers(given: readonly number[], values: StatementValues): Operands {
  return {
    count: given.length,
    one: (index) => `${values.bind(given[index] as number)}::bigint`,
    all: () => `${values.bind(bigintArray(given))}::bigint[]`,
  };
}

function compare(column: string, sign: Sign, operands: Operands): string {
  if (sign === 'in') return `${column} = ANY (${operands.all()})`;
  if (sign === 'between') return `${column} BETWEEN ${operands.one(0)} AND ${operands.one(1)}`;
  return `${column} ${signs[sign]} ${operands.one(0)}`;
}

function systemCondition({ field, sign, values: given }: System, values: StatementValues): string {
  const { name, holds } = columns[field];
  switch (holds) {
    case 'id': {
      const ranged = sign !== '=' && sign !== '!=' && sign !== 'in';
      const operands = given.map((id) => (ranged ? Buffer.from(String(id)) : idBytes(String(id))));
      return compare(ranged ? idText(name) : name, sign, bytes(operands, values));
    }
    case 'text': {
      const operands = given.map((text) => Buffer.from(String(text)));
      return compare(name, sign, bytes(operands, values));
    }
    case 'number':
      return compare(name, sign, numbers(given.map(Number), values));
    case 'negated': {
      const operands = given.map((value) => -Number(value));
      if (sign === 'between') operands.reverse();
      const closed = field === 'CloseTime' ? `${name} > ${openOrder} AND ` : '';
      return `${closed}${compare(name, turned[sign], numbers(operands, values))}`;
    }
  }
}

/** The text of an id: keys of UUIDs do not sort among those of other ids. */
function idText(column: string): string {
  const uuid = `encode(substring(${column} FROM 2), 'hex')::uuid::text`;
  return `CASE WHEN substring(${column} FROM 1 FOR 1) = '\\xff'::bytea
    THEN convert_to(${uuid}, 'UTF8') ELSE ${column} END`;
}

function attributeCondition(
  { name, many, sign, values: given }: Attribute,
  values: StatementValues,
): string {
  const held = `EXISTS (SELECT FROM perdure.visibility_attributes b
    WHERE b.row_id = r.id AND b.name = ${values.bind(Buffer.from(name))}`;
  const operands = bytes(given.map(attributeKey), values);
  if (many && sign === '!=') return `NOT ${held} AND ${compare('b.value', 'in', operands)})`;
  return `${held} AND ${compare('b.value', sign, operands)})`;
}
