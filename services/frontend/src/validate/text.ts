// The plain fields of requests: names, ids, enums. A decoded string is valid Unicode (the decoder refuses all else).

import { invalidArgument, RejectionError, reject, utf8Length } from '@perdure/kernel';

/** Longest id or name, in UTF-8. */
const textBytesMax = 1_000;

export function refuse(message: string): never {
  throw new RejectionError(invalidArgument(message));
}

/** For what the API has and this server does not do yet: said aloud rather than ignored. */
export function notSupported(what: string): never {
  throw new RejectionError(
    reject('UNIMPLEMENTED', `${what} is not supported by this server version.`),
  );
}

/** An optional name: within the limit and without NUL, which separates names in keys. */
export function checkText(text: string, label: string): void {
  if (text.length * 3 > textBytesMax && utf8Length(text) > textBytesMax)
    refuse(`${label} length exceeds limit.`);
  if (text.includes('\0')) refuse(`${label} must not contain NUL characters.`);
}

export function checkRequiredText(text: string | undefined, label: string): void {
  if (text === undefined || text === '') refuse(`${label} is not set on request.`);
  checkText(text, label);
}

/** A number of an enum whose members are 0 to `largest`. */
export function checkEnum(value: number, largest: number, label: string): void {
  if (value < 0 || value > largest) refuse(`Invalid ${label}: ${value}`);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An optional run id. */
export function checkRunId(runId: string): void {
  if (runId !== '' && !uuid.test(runId)) refuse('Invalid RunId.');
}

/** A run, or the current run of a workflow id. */
export function checkExecution(
  execution: { readonly workflowId: string; readonly runId: string } | null,
): void {
  if (execution === null) refuse('Execution is not set on request.');
  checkRequiredText(execution.workflowId, 'WorkflowId');
  checkRunId(execution.runId);
}
