// The part of the list filter language (wire-contract 6.1) that this server understands: equalities joined by AND, and
// for a count GROUP BY ExecutionStatus. Anything else is refused with what would be taken.

import type { ParsedQuery, VisibilityFilter } from '@perdure/ports';
import { WorkflowExecutionStatus } from '@perdure/wire';
import { refuse } from './validate/text.ts';

const fields: ReadonlyMap<string, keyof VisibilityFilter> = new Map([
  ['ExecutionStatus', 'status'],
  ['RunId', 'runId'],
  ['TaskQueue', 'taskQueue'],
  ['WorkflowId', 'workflowId'],
  ['WorkflowType', 'workflowType'],
]);
const lengthMax = 64 * 1024;

const statusNumbers = new Map<string, number>();
for (const [name, number] of Object.entries(WorkflowExecutionStatus)) {
  const words = name.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase();
  statusNumbers.set(name, number);
  statusNumbers.set(`WORKFLOW_EXECUTION_STATUS_${words}`, number);
  statusNumbers.set(String(number), number);
}

function refuseQuery(problem: string): never {
  const known = [...fields.keys()].join(', ');
  refuse(
    `invalid query: ${problem}; this server version supports conditions of the form Field = "value" joined by AND, on ${known}`,
  );
}

/** A string literal with its quotes, a word or number, or a sign. */
const token =
  /\s*(?:("(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*')|(`[^`]*`|[A-Za-z_][\w.]*|-?\d+)|([^\s\w"'`]{1,2}|["'`]))/sy;

/** Without the backticks round a name. Lazy: the first token that is refused is the last one looked for. */
function* tokens(query: string): Generator<string, undefined> {
  for (let at = 0; ; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(query);
    if (match === null) return undefined;
    yield match[0].trim().replace(/^`(.*)`$/s, '$1');
  }
}

/** Throws a RejectionError that begins "invalid query: ". */
export function parseListQuery(query: string, use: 'list' | 'count'): ParsedQuery {
  if (query.length > lengthMax) refuseQuery(`longer than ${lengthMax} characters`);
  const rest = tokens(query);
  const next = (): string | undefined => rest.next().value;
  const filter: Record<string, string | number> = {};
  let word = next();
  while (word !== undefined && !isWord(word, 'GROUP')) {
    addCondition(filter, word, next(), next());
    word = next();
    if (word === undefined || isWord(word, 'GROUP')) break;
    if (!isWord(word, 'AND')) refuseQuery(`unexpected ${word}`);
    word = next() ?? refuseQuery('a condition is incomplete');
  }
  const groupByStatus = word !== undefined;
  if (groupByStatus && use === 'list') refuseQuery("operation is not supported: 'GROUP BY' clause");
  if (groupByStatus && !(isWord(next(), 'BY') && next() === 'ExecutionStatus' && !next()))
    refuseQuery('only GROUP BY ExecutionStatus is supported');
  return { filter, groupByStatus };
}

const isWord = (token: string | undefined, word: string): boolean => token?.toUpperCase() === word;

function addCondition(
  filter: Record<string, string | number>,
  name: string,
  sign: string | undefined,
  value: string | undefined,
): void {
  if (sign !== undefined && sign !== '=') refuseQuery(`unexpected ${sign}`);
  if (value === undefined) refuseQuery('a condition is incomplete');
  const field = fields.get(name);
  if (field === undefined) refuseQuery(`${name} is not a field that can be filtered on`);
  const text = literal(value) ?? (field === 'status' ? value : undefined);
  if (text === undefined) refuseQuery(`the value of ${name} is not a quoted string`);
  const wanted = field === 'status' ? statusNumbers.get(text) : text;
  if (wanted === undefined) refuseQuery(`${text} is not a value of ExecutionStatus`);
  if (filter[field] !== undefined && filter[field] !== wanted)
    refuseQuery(`${name} is given twice`);
  filter[field] = wanted;
}

/** What a quoted string means; undefined for anything else. */
function literal(token: string): string | undefined {
  if (token.length < 2 || !/^["']/.test(token)) return undefined;
  const inside = token.slice(1, -1);
  return inside.replace(/\\(.)|""|''/gs, (pair, escaped?: string) => escaped ?? pair.slice(1));
}
