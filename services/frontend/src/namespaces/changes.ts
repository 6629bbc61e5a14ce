// What RegisterNamespace, UpdateNamespace, DeprecateNamespace and DeleteNamespace ask for (wire-contract 1.1, 1.8).

import { toUs, usPerHour } from '@perdure/kernel';
import type { Namespace } from '@perdure/ports';
import type { RpcRequest } from '@perdure/wire';
import { NamespaceState } from '../scope.ts';
import { capDuration, type MutableDuration } from '../validate/duration.ts';
import { checkText, notSupported, refuse } from '../validate/text.ts';
import type { NewNamespace } from './registry.ts';

const retentionUsMin = usPerHour;

export function checkName(name: string): void {
  if (name === '') refuse('Namespace not set on request.');
  checkText(name, 'Namespace');
}

function checkClusters(own: string, named: readonly string[]): void {
  const other = named.find((name) => name !== '' && name !== own);
  if (other !== undefined) refuse(`Invalid cluster name: ${other}`);
}

function retentionOf(duration: MutableDuration | null): number {
  const problem = capDuration(duration);
  const retentionUs = toUs(duration);
  if (problem !== undefined || retentionUs < retentionUsMin)
    refuse('A valid retention period is not set on request.');
  return retentionUs;
}

/** Archival is not there: a request for it is answered as by a server whose operator has not set it up. */
export function newNamespace(
  request: RpcRequest<'RegisterNamespace'>,
  clusterName: string,
): NewNamespace {
  const { namespace: name, description, ownerEmail, data } = request;
  checkName(name);
  const retentionUs = retentionOf(request.workflowExecutionRetentionPeriod);
  if (request.isGlobalNamespace) refuse('Cannot register global namespace when not enabled');
  const clusters = request.clusters.map((cluster) => cluster.clusterName);
  checkClusters(clusterName, [request.activeClusterName, ...clusters]);
  return { name, description, ownerEmail, data, retentionUs };
}

type Update = RpcRequest<'UpdateNamespace'>;

export function checkUpdate(request: Update, clusterName: string): void {
  const { namespace: name, config, replicationConfig: replication } = request;
  checkName(name);
  if (request.promoteNamespace) {
    refuse(
      `global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: ${name}`,
    );
  }
  if (request.deleteBadBinary !== '')
    refuse(`Bad binary checksum ${request.deleteBadBinary} doesn't exists.`);
  const clusters = replication?.clusters.map((cluster) => cluster.clusterName) ?? [];
  checkClusters(clusterName, [replication?.activeClusterName ?? '', ...clusters]);
  if (config === null) return;
  if (config.workflowExecutionRetentionTtl !== null)
    retentionOf(config.workflowExecutionRetentionTtl);
  if (Object.keys(config.customSearchAttributeAliases).length > 0)
    notSupported('custom_search_attribute_aliases');
  if (Object.keys(config.badBinaries?.binaries ?? {}).length > 0) notSupported('bad_binaries');
}

/** The namespace after an update that `checkUpdate` has let through. */
export function updated(now: Namespace, { updateInfo: info, config }: Update): Namespace {
  const retention = config?.workflowExecutionRetentionTtl ?? null;
  const changed: Namespace = {
    ...now,
    ...(info !== null && info.description !== '' ? { description: info.description } : {}),
    ...(info !== null && info.ownerEmail !== '' ? { ownerEmail: info.ownerEmail } : {}),
    ...(info === null ? {} : { data: { ...now.data, ...info.data } }),
    ...(retention === null ? {} : { retentionUs: toUs(retention) }),
  };
  const state = info?.state ?? 0;
  return state === 0 ? changed : withState(state)(changed);
}

/** A namespace only ever goes on: registered, deprecated, deleted. */
export function withState(state: number): (now: Namespace) => Namespace {
  return (now) => {
    if (state < now.state || state > NamespaceState.Deleted)
      refuse('Invalid namespace state update.');
    return state === now.state ? now : { ...now, state };
  };
}

export function checkDelete(request: RpcRequest<'DeleteNamespace'>): void {
  const { namespace: name, namespaceId: id } = request;
  if (name === '' && id === '') refuse('Namespace not set on request.');
  if (name !== '' && id !== '')
    refuse('Only one of namespace name or Id should be set on request.');
  checkText(name, 'Namespace');
  checkText(id, 'NamespaceId');
}
