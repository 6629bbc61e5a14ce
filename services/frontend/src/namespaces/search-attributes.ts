// The search attributes of a namespace: registered, removed, listed (wire-contract 1.8).

import { isReservedAttribute, systemAttributes } from '@perdure/core-list-filter';
import type { Namespace, Namespaces } from '@perdure/ports';
import { type RpcRequest, type RpcResponseInit, IndexedValueType as Type } from '@perdure/wire';
import { namespaceNotFound } from '../scope.ts';
import { checkText, refuse } from '../validate/text.ts';

/** Most attributes of a type in one namespace: what the official server has columns for. */
const mostOfType: Readonly<Record<keyof typeof Type, number>> = {
  Text: 3,
  Keyword: 10,
  Int: 3,
  Double: 3,
  Bool: 3,
  Datetime: 3,
  KeywordList: 3,
};
const typeNames = new Map<number, keyof typeof Type>(
  Object.entries(Type).map(([name, type]) => [type, name as keyof typeof Type]),
);

function checkNamespaceName(name: string): void {
  if (name === '') refuse('Namespace is not set on request.');
  checkText(name, 'Namespace');
}

export function checkAdd(request: RpcRequest<'AddSearchAttributes'>): void {
  checkNamespaceName(request.namespace);
  const { searchAttributes: wanted } = request;
  if (Object.keys(wanted).length === 0) refuse('SearchAttributes are not set on request.');
  checkWanted(wanted);
}

export function checkWanted(wanted: Readonly<Record<string, number>>): void {
  for (const [name, type] of Object.entries(wanted)) {
    checkText(name, 'SearchAttribute');
    if (isReservedAttribute(name)) refuse(`Search attribute ${name} is reserved by system.`);
    if (type !== 0 && !typeNames.has(type)) refuse(`Unknown search attribute type: ${type}.`);
  }
}

/** A name that is there keeps its type; one without letters is nobody's. */
export function added(now: Namespace, wanted: Readonly<Record<string, number>>): Namespace {
  const fresh = Object.entries(wanted).filter(
    ([name]) => name !== '' && !now.searchAttributes.has(name),
  );
  if (fresh.length === 0) return now;
  const searchAttributes = new Map([...now.searchAttributes, ...fresh]);
  for (const [, type] of fresh) {
    const typeName = typeNames.get(type);
    const most = typeName === undefined ? 0 : mostOfType[typeName];
    const held = [...searchAttributes.values()].filter((other) => other === type).length;
    if (held <= most) continue;
    refuse(
      `Unable to create search attributes: cannot have more than ${most} search attribute of type ${typeName ?? 'Unspecified'}.`,
    );
  }
  return { ...now, searchAttributes };
}

export function checkRemove(request: RpcRequest<'RemoveSearchAttributes'>): void {
  checkNamespaceName(request.namespace);
  const { searchAttributes: names } = request;
  if (names.length === 0) refuse('SearchAttributes are not set on request.');
  const kept = names.find((name) => systemAttributes.has(name));
  if (kept !== undefined) refuse(`Unable to remove non-custom search attributes: ${kept}.`);
}

/** Names that are not there are passed over. */
export function removed(now: Namespace, names: readonly string[]): Namespace {
  if (!names.some((name) => now.searchAttributes.has(name))) return now;
  const kept = [...now.searchAttributes].filter(([name]) => !names.includes(name));
  return { ...now, searchAttributes: new Map(kept) };
}

export function checkList(request: RpcRequest<'ListSearchAttributes'>): void {
  checkNamespaceName(request.namespace);
}

export function listed(
  { namespace: name }: RpcRequest<'ListSearchAttributes'>,
  namespaces: Namespaces,
): RpcResponseInit<'ListSearchAttributes'> {
  const namespace = namespaces.byName(name);
  if (namespace === undefined) throw namespaceNotFound(name);
  return {
    customAttributes: Object.fromEntries(namespace.searchAttributes),
    systemAttributes: Object.fromEntries(systemAttributes),
  };
}

/** GetSearchAttributes names no namespace: what is known in any. */
export function everywhere(namespaces: Namespaces): Record<string, number> {
  const custom = namespaces.list().flatMap(({ searchAttributes }) => [...searchAttributes]);
  return Object.fromEntries([...custom, ...systemAttributes]);
}
