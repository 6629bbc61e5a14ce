// What a decision may be: a transition with an answer, an answer without one, or a rejection, with or without one.

import { invalidArgument, type Rejection, reject } from '@perdure/kernel';
import { conclude } from './conclude.ts';
import type { Draft, Transition } from './draft.ts';
import type { WorkflowDelta } from './encoding.ts';

export type Decision<T> =
  | { readonly ok: true; readonly transition: Transition | null; readonly value: T }
  /** A transition that comes with a rejection is to be committed all the same. */
  | { readonly ok: false; readonly rejection: Rejection; readonly transition?: Transition };

export function decided<T>(
  draft: Draft,
  value: T,
  workflow: WorkflowDelta | null = null,
): Decision<T> {
  const { transition, problem } = conclude(draft, workflow);
  if (problem === null) return { ok: true, transition, value };
  return { ok: false, rejection: invalidArgument(problem), transition };
}

/** The answer needs no append: a repeat, or nothing to do. */
export function unchanged<T>(value: T): Decision<T> {
  return { ok: true, transition: null, value };
}

export function refused(rejection: Rejection): Decision<never> {
  return { ok: false, rejection };
}

/** Refused, and the run changes because of it. */
export function refusedWith(draft: Draft, rejection: Rejection): Decision<never> {
  const { transition, problem } = conclude(draft);
  const said = problem === null ? rejection : invalidArgument(problem);
  return { ok: false, rejection: said, transition };
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
