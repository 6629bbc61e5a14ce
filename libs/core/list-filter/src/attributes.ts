// Search attributes that every namespace has, with the type of their values (wire-contract 6.2).

import { IndexedValueType as Type } from '@perdure/wire';

const types: Readonly<Record<keyof typeof Type, readonly string[]>> = {
  Text: [],
  Keyword: [
    'BatcherNamespace',
    'BatcherUser',
    'ExecutionStatus',
    'ParentRunId',
    'ParentWorkflowId',
    'RootRunId',
    'RootWorkflowId',
    'RunId',
    'TaskQueue',
    'TemporalNamespaceDivision',
    'TemporalScheduledById',
    'TemporalWorkerDeployment',
    'TemporalWorkerDeploymentVersion',
    'TemporalWorkflowVersioningBehavior',
    'WorkflowId',
    'WorkflowType',
  ],
  Int: [
    'ExecutionDuration',
    'HistoryLength',
    'HistorySizeBytes',
    'StateTransitionCount',
    'TemporalExternalPayloadCount',
    'TemporalExternalPayloadSizeBytes',
  ],
  Double: [],
  Bool: ['TemporalSchedulePaused'],
  Datetime: ['CloseTime', 'ExecutionTime', 'StartTime', 'TemporalScheduledStartTime'],
  KeywordList: [
    'BinaryChecksums',
    'BuildIds',
    'TemporalChangeVersion',
    'TemporalPauseInfo',
    'TemporalReportedProblems',
    'TemporalUsedWorkerDeploymentVersions',
  ],
};

/** Name -> number of `temporal.api.enums.v1.IndexedValueType`. */
export const systemAttributes: ReadonlyMap<string, number> = new Map(
  Object.entries(types).flatMap(([type, names]) =>
    names.map((name) => [name, Type[type as keyof typeof Type]] as const),
  ),
);

/** Those that clients and workers may set; the server keeps the others itself. */
export const settableAttributes: ReadonlySet<string> = new Set([
  'BatcherNamespace',
  'BatcherUser',
  'BinaryChecksums',
  'BuildIds',
  'TemporalChangeVersion',
  'TemporalNamespaceDivision',
  'TemporalPauseInfo',
  'TemporalReportedProblems',
  'TemporalScheduledById',
  'TemporalScheduledStartTime',
  'TemporalSchedulePaused',
]);

/** Whether nobody may register the name for attributes of their own. */
export function isReservedAttribute(name: string): boolean {
  return systemAttributes.has(name) || name.startsWith('Temporal');
}

/** Type of an attribute by its name; undefined for one that is neither the system's nor registered. */
export type AttributeTypes = (name: string) => number | undefined;

export function attributeTypes(custom: ReadonlyMap<string, number> | undefined): AttributeTypes {
  return (name) => systemAttributes.get(name) ?? custom?.get(name);
}
