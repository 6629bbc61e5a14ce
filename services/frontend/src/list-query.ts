// The part of the list filter language (wire-contract 6.1) that this server understands: equalities joined by AND, and
// for a count GROUP BY ExecutionStatus. Anything else is refused with what would be taken.

import type { VisibilityFilter } from '@perdure/ports';
import { WorkflowExecutionStatus } from '@perdure/wire';
import { refuse } from './validate/text.ts';

export interface ListQuery {
  readonly filter: VisibilityFilter;
  readonly groupByStatus: boolean;
}

const fields: Readonly<Record<string, keyof VisibilityFilter>> = {
  ExecutionStatus: 'status',
  RunId: 'runId',
  TaskQueue: 'taskQueue',
  WorkflowId: 'workflowId',
  WorkflowType: 'workflowType',
};

function refuseQuery(problem: string): never {
  const known = Object.keys(fields).join(', ');
  refuse(
    `invalid query: ${problem}; this server version supports conditions of the form Field = "value" joined by AND, on ${known}`,
  );
}

/** One token: a string literal with its quotes, a word or number, or a sign. */
const token =
  /\s*(?:("(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*')|(`[^`]*`|[A-Za-z_][\w.]*|-?\d+)|([^\s\w"'`]{1,2}|["'`]))/y;

function tokens(query: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(query); match !== null; match = token.exec(query))
    found.push(match[0].trim());
  return found;
}

function literal(text: string): string | undefined {
  const quote = text[0];
  if (text.length < 2 || (quote !== '"' && quote !== "'")) return undefined;
  return text
    .slice(1, -1)
    .replace(/\\(.)|""|''/gs, (pair, escaped?: string) => escaped ?? pair[0] ?? '');
}

const statusNumbers = new Map<string, number>();
for (const [name, number] of Object.entries(WorkflowExecutionStatus)) {
  statusNumbers.set(name, number);
  const words = name.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase();
  statusNumbers.set(`WORKFLOW_EXECUTION_STATUS_${words}`, number);
  statusNumbers.set(String(number), number);
}

function condition(filter: Record<string, string | number>, name: string, value: string): void {
  const field = fields[name];
  if (field === undefined) refuseQuery(`${name} is not a field that can be filtered on`);
  const text = literal(value) ?? (field === 'status' ? value : undefined);
  if (text === undefined) refuseQuery(`the value of ${name} is not a quoted string`);
  const wanted = field === 'status' ? statusNumbers.get(text) : text;
  if (wanted === undefined) refuseQuery(`${text} is not a value of ExecutionStatus`);
  if (filter[field] !== undefined && filter[field] !== wanted)
    refuseQuery(`${name} is given twice`);
  filter[field] = wanted;
}

const isWord = (text: string | undefined, word: string): boolean => text?.toUpperCase() === word;

/** Throws a RejectionError that begins "invalid query: ". */
export function parseListQuery(query: string, use: 'list' | 'count'): ListQuery {
  const words = tokens(query);
  const filter: Record<string, string | number> = {};
  let at = 0;
  while (at < words.length && !isWord(words[at], 'GROUP')) {
    if (at > 0) {
      if (!isWord(words[at], 'AND')) refuseQuery(`unexpected ${words[at]}`);
      at += 1;
    }
    const [name, sign, value] = words.slice(at, at + 3);
    if (name === undefined || sign === undefined || value === undefined)
      refuseQuery('a condition is incomplete');
    if (sign !== '=') refuseQuery(`unexpected ${sign}`);
    condition(filter, name.replaceAll('`', ''), value);
    at += 3;
  }
  const groupByStatus = at < words.length;
  if (groupByStatus) checkGrouping(words.slice(at), use);
  return { filter, groupByStatus };
}

function checkGrouping([, by, field, ...rest]: readonly string[], use: 'list' | 'count'): void {
  if (use === 'list') refuseQuery("operation is not supported: 'GROUP BY' clause");
  if (!isWord(by, 'BY') || field?.replaceAll('`', '') !== 'ExecutionStatus' || rest.length > 0)
    refuseQuery('only GROUP BY ExecutionStatus is supported');
}
