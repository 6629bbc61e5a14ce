// What a decision may be: a transition with an answer, an answer without one, or a rejection.

import { type Rejection, reject } from '@perdure/kernel';
import type { Transition } from './draft.ts';

export type Decision<T> =
  | { readonly ok: true; readonly transition: Transition | null; readonly value: T }
  | { readonly ok: false; readonly rejection: Rejection; readonly transition?: Transition };

export function decided<T>(transition: Transition, value: T): Decision<T> {
  return { ok: true, transition, value };
}

/** The answer needs no append: a repeat, or nothing to do. */
export function unchanged<T>(value: T): Decision<T> {
  return { ok: true, transition: null, value };
}

export function refused(rejection: Rejection): Decision<never> {
  return { ok: false, rejection };
}

export const alreadyCompleted: Rejection = reject(
  'NOT_FOUND',
  'workflow execution already completed',
  { kind: 'notFound' },
);
export const workflowTaskNotFound: Rejection = reject('NOT_FOUND', 'Workflow task not found.', {
  kind: 'notFound',
});
export const activityNotFound: Rejection = reject(
  'NOT_FOUND',
  'invalid activityID or activity already timed out or invoking workflow is completed',
  { kind: 'notFound' },
);
/** The run tried to close while events waited; it gets its chance first. */
export const workflowClosing: Rejection = reject(
  'RESOURCE_EXHAUSTED',
  'workflow operation can not be applied because workflow is closing',
  { kind: 'resourceExhausted', cause: 'BUSY_WORKFLOW' },
);
