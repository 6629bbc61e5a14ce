// What requests carry along: payloads, memo, search attributes, priority, links.

import type { RunLimits } from '@perdure/core-execution';
import { utf8Length } from '@perdure/kernel';
import { publicCodec, type RpcRequest } from '@perdure/wire';
import { refuse } from './text.ts';

type StartRequest = RpcRequest<'StartWorkflowExecution'>;

export function checkPayloads(payloads: Uint8Array, limits: RunLimits): void {
  if (payloads.length > limits.blobBytesMax) refuse('Blob data size exceeds limit.');
}

export function checkMemo(memo: Uint8Array, limits: RunLimits): void {
  if (memo.length > limits.memoBytesMax) refuse('Memo size exceeds limit.');
}

const fairnessKeyBytesMax = 64;

export function checkPriority(priority: StartRequest['priority']): void {
  if (priority === null) return;
  if (priority.priorityKey < 0) refuse("priority key can't be negative");
  if (utf8Length(priority.fairnessKey) > fairnessKeyBytesMax)
    refuse('fairness key length exceeds limit');
  if (!(priority.fairnessWeight >= 0)) refuse('must be greater than zero');
}

const linkCodec = publicCodec<object>('temporal.api.common.v1.Link');

export function checkLinks(links: StartRequest['links'], limits: RunLimits): void {
  const { linksMax, linkBytesMax } = limits;
  if (links.length > linksMax)
    refuse(`cannot attach more than ${linksMax} links per request, got ${links.length}`);
  for (const link of links) {
    const { length } = linkCodec.encode(link);
    if (length > linkBytesMax)
      refuse(`link exceeds allowed size of ${linkBytesMax}, got ${length}`);
  }
}

/** What a client may set besides the attributes that are registered. */
const settableAttributes: ReadonlySet<string> = new Set([
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
const systemAttributes: ReadonlySet<string> = new Set([
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
  'WorkflowId',
  'WorkflowType',
]);

export function checkSearchAttributes(
  attributes: StartRequest['searchAttributes'],
  custom: ReadonlyMap<string, number>,
  limits: RunLimits,
): void {
  const {
    searchAttributesMax: attributesMax,
    searchAttributeBytesMax: attributeBytesMax,
    searchAttributesBytesMax: attributesBytesMax,
  } = limits;
  const fields = Object.entries(attributes?.indexedFields ?? {});
  if (fields.length > attributesMax)
    refuse(`number of search attributes ${fields.length} exceeds limit ${attributesMax}`);
  let bytes = 0;
  for (const [name, value] of fields) {
    if (systemAttributes.has(name)) refuse(`${name} attribute can't be set in SearchAttributes`);
    if (!settableAttributes.has(name) && !custom.has(name))
      refuse(`search attribute ${name} is not defined`);
    if (value.length > attributeBytesMax)
      refuse(
        `search attribute ${name} value size ${value.length} exceeds size limit ${attributeBytesMax}`,
      );
    bytes += utf8Length(name) + value.length;
  }
  if (bytes > attributesBytesMax)
    refuse(`total size of search attributes ${bytes} exceeds size limit ${attributesBytesMax}`);
}
