// What requests carry along: payloads, memo, search attributes, priority, links.

import { type CustomAttributes, judgeAttributes, type RunLimits } from '@perdure/core-execution';
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

/** Judges the attributes and gives each its type, as the history and lists show it. */
export function checkSearchAttributes(
  attributes: StartRequest['searchAttributes'],
  custom: CustomAttributes,
  limits: RunLimits,
): void {
  if (attributes === null) return;
  const judged = judgeAttributes(attributes.indexedFields, custom, limits);
  if (!judged.ok) refuse(judged.problem);
  attributes.indexedFields = judged.fields;
}
