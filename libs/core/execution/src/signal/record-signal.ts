// The event of a signal, whichever request brought it.

import { EventType } from '@perdure/wire';
import type { Draft, EventLinks } from '../draft.ts';

export interface SignalContent {
  readonly signalName: string;
  readonly input: Uint8Array;
  readonly header: Uint8Array;
  readonly identity: string;
  readonly requestId: string;
  readonly links?: EventLinks;
}

export function recordSignal(draft: Draft, signal: SignalContent): void {
  const { header, identity, input, requestId, signalName } = signal;
  draft.record(EventType.WorkflowExecutionSignaled, {
    workflowExecutionSignaledEventAttributes: {
      signalName,
      identity,
      requestId,
      ...(input.length > 0 ? { input } : {}),
      ...(header.length > 0 ? { header } : {}),
    },
    links: signal.links,
  });
  draft.progress.signals += 1;
}
