// A filter as SQL. The text depends on the shape of the filter alone: every value is bound.
//
// S1. A statement names its index: without statistics SQLite would take any that gives the order, and a million rows to
//     find one. The most selective equality chooses it: run, workflow, attribute, type, status.
// S2. Counts by type, queue and status alone are read off the table of counts.

import {
  attributeKey,
  type Condition,
  type ListFilter,
  type Sign,
  type SystemField,
} from '@perdure/ports';
import type { ValueWriter } from '../connection/value-writer.ts';

import { openOrder } from './statements.ts';

type Bind = (values: ValueWriter) => void;
type System = Extract<Condition, { readonly kind: 'system' }>;
type Attribute = Extract<Condition, { readonly kind: 'attribute' }>;

interface Part {
  readonly sql: string;
  readonly binds: readonly Bind[];
}

export interface Compiled {
  readonly sql: string;
  /** In the order of the text. */
  readonly binds: readonly Bind[];
}

interface Column {
  readonly name: string;
  readonly holds: 'id' | 'text' | 'number' | 'negated';
  /** Under it an equality finds its rows in the order of lists. */
  readonly index?: string;
}

const columns: Readonly<Record<SystemField, Column>> = {
  RunId: { name: 'r.run', holds: 'id', index: 'by_run' },
  WorkflowId: { name: 'r.wf', holds: 'id', index: 'by_workflow' },
  WorkflowType: { name: 'r.type', holds: 'text', index: 'by_type' },
  ExecutionStatus: { name: 'r.status', holds: 'number', index: 'by_status' },
  TaskQueue: { name: 'r.queue', holds: 'text' },
  StartTime: { name: 'r.start_order', holds: 'negated' },
  ExecutionTime: { name: 'r.execution_time', holds: 'number' },
  CloseTime: { name: 'r.close_order', holds: 'negated' },
};
const counted: ReadonlySet<SystemField> = new Set(['WorkflowType', 'TaskQueue', 'ExecutionStatus']);
const shown = `r.run, r.wf, r.version, r.status, r.close_order, r.start_order, r.execution_time,
  r.history_length, r.history_bytes, r.transitions, r.type, r.queue, r.memo, r.attributes`;

/** Lists in their order, behind `after` when given; the last value to bind is the limit. */
export function compileList(namespaceId: string, filter: ListFilter, after: Part | null): Compiled {
  const { from, order, parts } = source(namespaceId, filter);
  const behind: Part[] =
    after === null ? [] : [{ sql: `(${order}) > ${after.sql}`, binds: after.binds }];
  const { sql, binds } = joined([...parts, ...behind]);
  return { sql: `SELECT ${shown} FROM ${from} WHERE ${sql} ORDER BY ${order} LIMIT ?`, binds };
}

/** Rows of (status, runs). */
export function compileCount(namespaceId: string, filter: ListFilter): Compiled {
  if (filter.every((one) => one.kind === 'system' && counted.has(one.field))) {
    const { sql, binds } = joined([inNamespace('r', namespaceId), ...filter.map(partOf)]);
    return { sql: `SELECT status, sum(n) FROM counts r WHERE ${sql} GROUP BY status`, binds };
  }
  const { from, parts } = source(namespaceId, filter);
  const { sql, binds } = joined(parts);
  return { sql: `SELECT r.status, count(*) FROM ${from} WHERE ${sql} GROUP BY r.status`, binds };
}

interface Source {
  readonly from: string;
  readonly order: string;
  readonly parts: readonly Part[];
}

/** S1. */
function source(namespaceId: string, filter: ListFilter): Source {
  const equality = (field: SystemField): boolean =>
    filter.some((one) => one.kind === 'system' && one.field === field && one.sign === '=');
  const attribute = filter.find(leads);
  if (attribute !== undefined && !equality('RunId') && !equality('WorkflowId')) {
    const rest = filter.filter((one) => one !== attribute).map(partOf);
    return {
      from: `attributes a CROSS JOIN runs r INDEXED BY by_run
        ON r.run = a.run AND r.wf = a.wf AND r.ns = a.ns`,
      order: 'a.close_order, a.start_order, a.run',
      parts: [inNamespace('a', namespaceId), ledBy(attribute), ...rest],
    };
  }
  const field = (Object.keys(columns) as SystemField[]).find(
    (name) => columns[name].index !== undefined && equality(name),
  );
  const index = (field === undefined ? undefined : columns[field].index) ?? 'by_order';
  return {
    from: `runs r INDEXED BY ${index}`,
    order: 'r.close_order, r.start_order, r.run',
    parts: [inNamespace('r', namespaceId), ...filter.map(partOf)],
  };
}

/** Whether it asks for one value: then each run stands once under it, in order. */
function leads(one: Condition): one is Attribute {
  return (
    one.kind === 'attribute' && one.values.length === 1 && (one.sign === '=' || one.sign === 'in')
  );
}

function ledBy({ name, values }: Attribute): Part {
  return { sql: 'a.name = ? AND a.value = ?', binds: [text(name), ...values.map(key)] };
}

function inNamespace(table: string, namespaceId: string): Part {
  return { sql: `${table}.ns = ?`, binds: [(values) => values.id(namespaceId)] };
}

function joined(parts: readonly Part[]): Part {
  return {
    sql: parts.map(({ sql }) => sql).join(' AND '),
    binds: parts.flatMap(({ binds }) => binds),
  };
}

function partOf(condition: Condition): Part {
  return condition.kind === 'system' ? systemPart(condition) : attributePart(condition);
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

function compare(column: string, sign: Sign, values: number): string {
  if (sign === 'in')
    return `${column} IN (${Array.from({ length: values }, () => '?').join(', ')})`;
  return sign === 'between' ? `${column} BETWEEN ? AND ?` : `${column} ${signs[sign]} ?`;
}

function systemPart({ field, sign, values }: System): Part {
  const { name, holds } = columns[field];
  const count = values.length;
  switch (holds) {
    case 'id': {
      const ranged = sign !== '=' && sign !== '!=' && sign !== 'in';
      const binds = values.map((value) => (ranged ? text(String(value)) : id(String(value))));
      return { sql: compare(ranged ? idText(name) : name, sign, count), binds };
    }
    case 'text':
      return { sql: compare(name, sign, count), binds: values.map((value) => text(String(value))) };
    case 'number':
      return { sql: compare(name, sign, count), binds: values.map((value) => int(Number(value))) };
    case 'negated': {
      const binds = values.map((value) => int(-Number(value)));
      if (sign === 'between') binds.reverse();
      const closed = field === 'CloseTime' ? `${name} > ${openOrder} AND ` : '';
      return { sql: `${closed}${compare(name, turned[sign], count)}`, binds };
    }
  }
}

/** The text of an id: keys of UUIDs do not sort among those of other ids. */
function idText(column: string): string {
  const hex = (from: number, length: number): string =>
    `substr(hex(${column}), ${from}, ${length})`;
  const uuid = [hex(3, 8), hex(11, 4), hex(15, 4), hex(19, 4), hex(23, 12)].join(" || '-' || ");
  return `CASE WHEN substr(${column}, 1, 1) = x'ff' THEN CAST(lower(${uuid}) AS BLOB) ELSE ${column} END`;
}

function attributePart({ name, many, sign, values }: Attribute): Part {
  const held = `EXISTS (SELECT 1 FROM attributes a INDEXED BY attributes_of_run
    WHERE a.run = r.run AND a.wf = r.wf AND a.ns = r.ns AND a.name = ?`;
  if (!many || sign !== '!=') {
    const sql = `${held} AND ${compare('a.value', sign, values.length)})`;
    return { sql, binds: [text(name), ...values.map(key)] };
  }
  const sql = `NOT ${held} AND ${compare('a.value', 'in', values.length)})`;
  return { sql, binds: [text(name), ...values.map(key)] };
}

const id =
  (value: string): Bind =>
  (values) =>
    values.id(value);
const text =
  (value: string): Bind =>
  (values) =>
    values.text(value);
const int =
  (value: number): Bind =>
  (values) =>
    values.int(value);
const key = (value: Attribute['values'][number]): Bind => {
  const bytes = attributeKey(value);
  return (values) => values.bytes(bytes);
};
