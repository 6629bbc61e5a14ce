// The methods about namespaces and their search attributes (wire-contract 1.1, 1.8). They name their namespace in ways of
// their own and in any state, so their scope is the cluster.

import {
  describeNamespace,
  type InfoContext,
  listNamespaces,
  namespaceInfo,
} from '../answers/namespace-info.ts';
import type { ClusterFacts } from '../answers/system-info.ts';
import type { MethodTable } from '../methods.ts';
import { clusterRead, clusterWrite, NamespaceState } from '../scope.ts';
import {
  checkDelete,
  checkName,
  checkUpdate,
  newNamespace,
  updated,
  withState,
} from './changes.ts';
import type { NamespaceRegistry } from './registry.ts';
import * as attributes from './search-attributes.ts';

type NamespaceMethods = Pick<
  MethodTable,
  | 'RegisterNamespace'
  | 'DescribeNamespace'
  | 'ListNamespaces'
  | 'UpdateNamespace'
  | 'DeprecateNamespace'
  | 'DeleteNamespace'
  | 'GetSearchAttributes'
  | 'AddSearchAttributes'
  | 'RemoveSearchAttributes'
  | 'ListSearchAttributes'
>;

export function namespaceMethods({
  namespaces,
  cluster,
  bounds,
  namespaceDeleted,
}: {
  /** Told of each deletion. */
  readonly namespaceDeleted: () => void;
  readonly namespaces: NamespaceRegistry;
  readonly cluster: ClusterFacts;
  readonly bounds: InfoContext['bounds'];
}): NamespaceMethods {
  const info: InfoContext = { clusterName: cluster.name, bounds };
  return {
    RegisterNamespace: {
      scope: clusterWrite,
      route: async ({ request }) => {
        await namespaces.register(newNamespace(request, cluster.name));
        return {};
      },
    },
    DescribeNamespace: {
      scope: clusterRead,
      route: ({ request }) => describeNamespace(request, namespaces, info),
    },
    ListNamespaces: {
      scope: clusterRead,
      route: ({ request }) => listNamespaces(request, namespaces, info),
    },
    UpdateNamespace: {
      scope: clusterWrite,
      validate: (request) => checkUpdate(request, cluster.name),
      route: async ({ request }) => {
        const update = await namespaces.update(request.namespace, (now) => updated(now, request));
        return namespaceInfo(update, info);
      },
    },
    DeprecateNamespace: {
      scope: clusterWrite,
      validate: ({ namespace }) => checkName(namespace),
      route: async ({ request }) => {
        const deprecate = withState(NamespaceState.Deprecated);
        await namespaces.update(request.namespace, deprecate);
        return {};
      },
    },
    DeleteNamespace: {
      scope: clusterWrite,
      validate: checkDelete,
      route: async ({ request: { namespace: name, namespaceId: id } }) => {
        const deleted = await namespaces.markDeleted(id === '' ? { name } : { id });
        namespaceDeleted();
        return { deletedNamespace: deleted.name };
      },
    },

    GetSearchAttributes: {
      scope: clusterRead,
      route: () => ({ keys: attributes.everywhere(namespaces) }),
    },
    AddSearchAttributes: {
      scope: clusterWrite,
      validate: attributes.checkAdd,
      route: async ({ request: { namespace, searchAttributes } }) => {
        await namespaces.update(namespace, (now) => attributes.added(now, searchAttributes));
        return {};
      },
    },
    RemoveSearchAttributes: {
      scope: clusterWrite,
      validate: attributes.checkRemove,
      route: async ({ request: { namespace, searchAttributes } }) => {
        await namespaces.update(namespace, (now) => attributes.removed(now, searchAttributes));
        return {};
      },
    },
    ListSearchAttributes: {
      scope: clusterRead,
      validate: attributes.checkList,
      route: ({ request }) => attributes.listed(request, namespaces),
    },
  };
}
