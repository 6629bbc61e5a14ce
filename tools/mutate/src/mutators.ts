// The ways in which one node of the tree is changed: each answers the texts that may stand in its place.
//
// Not changed: texts (messages, names), what is logged or counted, types, and assertions: those hold in right code whatever
// is asked of it, so nothing can tell that one is gone.

import { children, type SyntaxNode } from './syntax.ts';

export interface Change {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Text = (node: SyntaxNode) => string;
type Mutator = (node: SyntaxNode, text: Text) => Change[];

const otherOperators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '+=': ['-='],
  '-=': ['+='],
};

const otherMethods: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};

/** Methods whose result has the type of what they are called on. */
const passing = new Set(['filter', 'slice', 'sort', 'toSorted', 'reverse', 'toReversed']);

const mutators: Readonly<Record<string, Mutator>> = {
  BinaryExpression: operators,
  AssignmentExpression: operators,
  LogicalExpression: (node, text) => {
    const [left, right] = [text(child(node, 'left')), text(child(node, 'right'))];
    const sides = replace(node, [left, right]);
    if (node['operator'] === '??') return sides;
    const other = node['operator'] === '&&' ? '||' : '&&';
    return [...replace(node, [`(${left} ${other} ${right})`]), ...sides];
  },
  UnaryExpression: (node, text) =>
    node['operator'] === '!' || node['operator'] === '-'
      ? replace(node, [text(child(node, 'argument'))])
      : [],
  UpdateExpression: (node, text) => {
    const other = node['operator'] === '++' ? '--' : '++';
    const target = text(child(node, 'argument'));
    return replace(node, [node['prefix'] === true ? other + target : target + other]);
  },
  Literal: (node) => {
    const { value } = node;
    if (typeof value === 'boolean') return replace(node, [String(!value)]);
    if (typeof value !== 'number' && typeof value !== 'bigint') return [];
    return replace(node, otherNumbers(value));
  },
  ConditionalExpression: condition,
  IfStatement: condition,
  WhileStatement: (node) => replace(child(node, 'test'), ['false']),
  ForStatement: (node) => (node['test'] === null ? [] : replace(child(node, 'test'), ['false'])),
  ExpressionStatement: (node) =>
    'directive' in node && node['directive'] !== null ? [] : replace(node, [';']),
  ThrowStatement: (node) => replace(node, [';']),
  ContinueStatement: (node) => replace(node, [';']),
  BreakStatement: (node) => replace(node, [';']),
  ReturnStatement: (node, text) => {
    const value = node['argument'] as SyntaxNode | null;
    if (value === null) return replace(node, [';']);
    return isNothing(text(value)) ? [] : replace(value, ['undefined']);
  },
  ArrowFunctionExpression: (node, text) => {
    const body = child(node, 'body');
    if (body.type === 'BlockStatement') return emptied(body);
    return isNothing(text(body)) ? [] : replace(body, ['undefined']);
  },
  FunctionDeclaration: (node) => emptied(node['body'] as SyntaxNode | null),
  FunctionExpression: (node) => emptied(node['body'] as SyntaxNode | null),
  ArrayExpression: (node, text) => {
    const elements = node['elements'] as SyntaxNode[];
    return elements.flatMap((_, at) =>
      replace(node, [
        `[${elements
          .filter((__, other) => other !== at)
          .map(text)
          .join(', ')}]`,
      ]),
    );
  },
  ObjectExpression: (node, text) => {
    const properties = node['properties'] as SyntaxNode[];
    return properties
      .filter(({ type }) => type === 'SpreadElement')
      .flatMap((spread) => {
        const kept = properties.filter((property) => property !== spread);
        return replace(node, [`({ ${kept.map(text).join(', ')} })`]);
      });
  },
  CallExpression: (node, text) => {
    const callee = child(node, 'callee');
    if (callee.type !== 'MemberExpression' || callee['computed'] === true) return [];
    const method = child(callee, 'property');
    const other = otherMethods[text(method)];
    if (other !== undefined) return replace(method, [other]);
    return passing.has(text(method)) ? replace(node, [text(child(callee, 'object'))]) : [];
  },
  MemberExpression: (node, text) => {
    if (node['optional'] !== true) return [];
    const [object, property] = [text(child(node, 'object')), text(child(node, 'property'))];
    return replace(node, [
      `${object}${node['computed'] === true ? `[${property}]` : `.${property}`}`,
    ]);
  },
};

/** The changes of one node; those of the nodes below it are theirs. */
export function changesOf(node: SyntaxNode, text: Text): Change[] {
  return mutators[node.type]?.(node, text) ?? [];
}

const unwatched = /^(assert\w*|(.*\.)?#?(log|logger|metrics|console)\.\w+)$/;

/** True for what stays as it is, with all that is below it. */
export function isUnwatched(node: SyntaxNode, text: Text): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'TemplateElement':
      return true;
    case 'CallExpression':
      return unwatched.test(text(child(node, 'callee')));
    case 'ExpressionStatement':
      return children(node).some((below) => isUnwatched(below, text));
    default:
      return false;
  }
}

function operators(node: SyntaxNode, text: Text): Change[] {
  const operator = node['operator'] as string;
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  const joinsTexts = [left, right].some(
    (side) => side.type === 'TemplateLiteral' || typeof side['value'] === 'string',
  );
  if (operator.startsWith('+') && joinsTexts) return [];
  return replace(
    node,
    (otherOperators[operator] ?? []).map((other) => `${text(left)} ${other} ${text(right)}`),
  );
}

function condition(node: SyntaxNode): Change[] {
  return replace(child(node, 'test'), ['true', 'false']);
}

/** Small numbers count something, one more or less matters; large ones are amounts. */
function otherNumbers(value: number | bigint): string[] {
  const suffix = typeof value === 'bigint' ? 'n' : '';
  const number = BigInt(Number.isInteger(Number(value)) ? value : 0);
  if (!Number.isInteger(Number(value))) return [String(Number(value) * 2)];
  if (number > 64n) return [`${number * 2n}${suffix}`];
  return [`${number + 1n}${suffix}`, number === 0n ? `(-1${suffix})` : `${number - 1n}${suffix}`];
}

/** A block of one statement is not emptied: its statement is removed. */
function emptied(body: SyntaxNode | null): Change[] {
  if (body === null || (body['body'] as SyntaxNode[]).length < 2) return [];
  return replace(body, ['{}']);
}

function isNothing(text: string): boolean {
  return ['undefined', 'null', 'true', 'false', '{}', '[]'].includes(text);
}

function replace({ start, end }: SyntaxNode, replacements: readonly string[]): Change[] {
  return replacements.map((replacement) => ({ start, end, replacement }));
}

function child(node: SyntaxNode, field: string): SyntaxNode {
  return node[field] as SyntaxNode;
}
