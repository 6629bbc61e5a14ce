// What a method is about and in which namespace, resolved once from the request and never taken from it again.

import { RejectionError, reject } from '@perdure/kernel';
import type { Namespaces } from '@perdure/ports';
import { checkText, refuse } from './validate/text.ts';

export type Access = 'read' | 'write';

/** Numbers of `temporal.api.enums.v1.NamespaceState`. */
export const NamespaceState = { Registered: 1, Deprecated: 2, Deleted: 3 } as const;
const stateNames = ['Unspecified', 'Registered', 'Deprecated', 'Deleted'];

export type Scope =
  | { readonly over: 'cluster'; readonly access: Access }
  | {
      readonly over: 'namespace';
      readonly access: Access;
      /** States of the namespace in which the method is answered. */
      readonly states: readonly number[];
      /** The request carries a task token, which names the namespace when the request does not. */
      readonly byToken: boolean;
    };

const usable = [NamespaceState.Registered, NamespaceState.Deprecated];

export const clusterRead: Scope = { over: 'cluster', access: 'read' };
export const clusterWrite: Scope = { over: 'cluster', access: 'write' };
export const namespaceRead: Scope = {
  over: 'namespace',
  access: 'read',
  states: usable,
  byToken: false,
};
export const namespaceWrite: Scope = { ...namespaceRead, access: 'write' };
/** A deprecated namespace starts nothing new. */
export const namespaceStart: Scope = { ...namespaceWrite, states: [NamespaceState.Registered] };
export const taskWrite: Scope = { ...namespaceWrite, byToken: true };

interface ScopedRequest {
  readonly namespace?: string;
  readonly taskToken?: Uint8Array;
}

/** Both are empty where the request names none: over the cluster, or when its task token is to say (the owner reads it). */
export interface ScopeNamespace {
  readonly namespaceId: string;
  readonly namespace: string;
}

const nowhere: ScopeNamespace = { namespaceId: '', namespace: '' };

/** The namespace of a request. Throws RejectionError when it names none, an unknown one, or one in the wrong state. */
export function resolveNamespace(
  scope: Scope,
  request: ScopedRequest,
  namespaces: Namespaces,
): ScopeNamespace {
  if (scope.over === 'cluster') return nowhere;
  const { namespace: name = '', taskToken } = request;
  if (scope.byToken && taskToken?.length === 0) refuse('Task token not set on request.');
  if (name === '') {
    if (scope.byToken) return nowhere;
    refuse('Namespace not set on request.');
  }
  checkText(name, 'Namespace');
  const namespace = namespaces.byName(name);
  if (namespace === undefined) throw namespaceNotFound(name);
  if (!scope.states.includes(namespace.state)) {
    const allowed = scope.states.map((state) => stateNames[state]).join(' or ');
    const message = `Namespace has invalid state: ${stateNames[namespace.state]}. Must be ${allowed}.`;
    throw new RejectionError(
      reject('FAILED_PRECONDITION', message, {
        kind: 'namespaceInvalidState',
        namespace: name,
        state: namespace.state,
        allowedStates: scope.states,
      }),
    );
  }
  return { namespaceId: namespace.id, namespace: name };
}

export function namespaceNotFound(namespace: string): RejectionError {
  const message = `Namespace ${namespace} is not found.`;
  return new RejectionError(reject('NOT_FOUND', message, { kind: 'namespaceNotFound', namespace }));
}
