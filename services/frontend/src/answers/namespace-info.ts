// DescribeNamespace and ListNamespaces.

import { fromUs } from '@perdure/kernel';
import type { Namespace, Namespaces } from '@perdure/ports';
import type { RpcRequest, RpcResponseInit } from '@perdure/wire';
import type { RequestBounds } from '../request-bounds.ts';
import { NamespaceState, namespaceNotFound } from '../scope.ts';
import { checkText, refuse } from '../validate/text.ts';

const archivalDisabled = 1;
const replicationNormal = 1;

export interface InfoContext {
  readonly clusterName: string;
  readonly bounds: (namespace: string) => RequestBounds;
}

export function namespaceInfo(
  namespace: Namespace,
  { clusterName, bounds }: InfoContext,
): RpcResponseInit<'DescribeNamespace'> {
  const { blobBytesMax, memoBytesMax } = bounds(namespace.name).run;
  return {
    namespaceInfo: {
      name: namespace.name,
      state: namespace.state,
      description: namespace.description,
      ownerEmail: namespace.ownerEmail,
      data: namespace.data,
      id: namespace.id,
      // Not yet: updates, pauses, standalone activities (wire-contract 4.2).
      capabilities: { eagerWorkflowStart: true, workerHeartbeats: true },
      limits: { blobSizeLimitError: blobBytesMax, memoSizeLimitError: memoBytesMax },
    },
    config: {
      workflowExecutionRetentionTtl: fromUs(namespace.retentionUs),
      historyArchivalState: archivalDisabled,
      visibilityArchivalState: archivalDisabled,
    },
    replicationConfig: {
      activeClusterName: clusterName,
      clusters: [{ clusterName }],
      state: replicationNormal,
    },
  };
}

export function describeNamespace(
  request: RpcRequest<'DescribeNamespace'>,
  namespaces: Namespaces,
  info: InfoContext,
): RpcResponseInit<'DescribeNamespace'> {
  const { namespace: name, id } = request;
  if (name === '' && id === '') refuse('Namespace not set on request.');
  checkText(name, 'Namespace');
  const namespace = name === '' ? namespaces.byId(id) : namespaces.byName(name);
  if (namespace === undefined) throw namespaceNotFound(name === '' ? id : name);
  return namespaceInfo(namespace, info);
}

const pageMax = 1_000;
const pageDefault = 100;

/** In order of name; the token is the last name given out. */
export function listNamespaces(
  request: RpcRequest<'ListNamespaces'>,
  namespaces: Namespaces,
  info: InfoContext,
): RpcResponseInit<'ListNamespaces'> {
  const { pageSize, nextPageToken } = request;
  if (pageSize < 0) refuse('Invalid PageSize.');
  const limit = Math.min(pageSize === 0 ? pageDefault : pageSize, pageMax);
  const after = readToken(nextPageToken);
  const deletedToo = request.namespaceFilter?.includeDeleted === true;
  const left = namespaces
    .list()
    .filter(({ state }) => deletedToo || state !== NamespaceState.Deleted)
    .filter(({ name }) => name > after);
  const page = left.slice(0, limit);
  const more = left.length > page.length;
  return {
    namespaces: page.map((namespace) => namespaceInfo(namespace, info)),
    nextPageToken: more ? Buffer.from(page.at(-1)?.name ?? '') : null,
  };
}

function readToken(token: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(token);
  } catch {
    return refuse('Invalid NextPageToken.');
  }
}
