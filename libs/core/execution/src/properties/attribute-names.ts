// The search attributes that every namespace has (wire-contract 6.2): those that clients and workers may set, with the
// type of their values, and those that the server keeps itself.

import { IndexedValueType as Type } from '@perdure/wire';

/** Name -> number of `temporal.api.enums.v1.IndexedValueType`. */
export type AttributeTypes = ReadonlyMap<string, number>;

export const settableAttributes: AttributeTypes = new Map([
  ['BatcherNamespace', Type.Keyword],
  ['BatcherUser', Type.Keyword],
  ['BinaryChecksums', Type.KeywordList],
  ['BuildIds', Type.KeywordList],
  ['TemporalChangeVersion', Type.KeywordList],
  ['TemporalNamespaceDivision', Type.Keyword],
  ['TemporalPauseInfo', Type.KeywordList],
  ['TemporalReportedProblems', Type.KeywordList],
  ['TemporalScheduledById', Type.Keyword],
  ['TemporalScheduledStartTime', Type.Datetime],
  ['TemporalSchedulePaused', Type.Bool],
]);

export const derivedAttributes: ReadonlySet<string> = new Set([
  'CloseTime',
  'ExecutionDuration',
  'ExecutionStatus',
  'ExecutionTime',
  'HistoryLength',
  'HistorySizeBytes',
  'ParentRunId',
  'ParentWorkflowId',
  'RootRunId',
  'RootWorkflowId',
  'RunId',
  'StartTime',
  'StateTransitionCount',
  'TaskQueue',
  'TemporalExternalPayloadCount',
  'TemporalExternalPayloadSizeBytes',
  'TemporalUsedWorkerDeploymentVersions',
  'TemporalWorkerDeployment',
  'TemporalWorkerDeploymentVersion',
  'TemporalWorkflowVersioningBehavior',
  'WorkflowId',
  'WorkflowType',
]);
