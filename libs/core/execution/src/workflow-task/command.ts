// What the handlers of commands share: how a command is refused, and the checks that several of them make.

import { durationUsMax, type SecondsAndNanos, toUs, utf8Length } from '@perdure/kernel';
import { type Command, WorkflowTaskFailedCause } from '@perdure/wire';
import type { Draft, EventAttributes } from '../draft.ts';
import type { RunLimits } from '../limits.ts';
import type { CustomAttributes } from '../properties/search-attributes.ts';

/** The completion is void: its task fails with the cause and the worker hears `CauseInCamelCase: detail`. */
export interface BadCommand {
  readonly cause: number;
  /** Empty: the text is the bare name of the cause (clients match `UnhandledCommand`). */
  readonly detail: string;
  /** No retry would change it: the run is terminated with the text as its reason. */
  readonly terminates?: true;
}

export interface CommandContext {
  readonly draft: Draft;
  readonly command: Command;
  readonly completedEventId: number;
  readonly identity: string;
  /** The run that follows, if the command closes this one and there is one. */
  readonly successorRunId: string;
  /** Custom search attributes of the namespace. */
  readonly searchAttributes: CustomAttributes;
  /** Takes the activities that the completion itself is to start; null: it starts none. */
  readonly eager: number[] | null;
}

export type CommandHandler = (context: CommandContext) => BadCommand | null;

const causeNames = new Map<number, string>(
  Object.entries(WorkflowTaskFailedCause).map(([name, value]) => [value, name]),
);

export function badCommandText(bad: BadCommand): string {
  const name = causeNames.get(bad.cause) ?? 'Unspecified';
  return bad.detail === '' ? name : `${name}: ${bad.detail}`;
}

export function notSet(cause: number, command: string): BadCommand {
  return { cause, detail: `${command}CommandAttributes is not set on ${command}Command.` };
}

/** What is wrong with an id or name that must be given; null: nothing. */
export function nameProblem(
  { nameBytesMax }: RunLimits,
  field: string,
  value: string,
  command: string,
): string | null {
  if (value === '') return `${field} is not set on ${command}Command.`;
  const length = utf8Length(value);
  if (length <= nameBytesMax) return null;
  return `${field} on ${command}Command exceeds length limit. Length=${length} Limit=${nameBytesMax}`;
}

/** The given duration in µs, at most 100 years; null when it is negative or its parts differ in sign. */
export function givenUs(duration: SecondsAndNanos | null): number | null {
  if (duration === null) return 0;
  if (duration.seconds < 0 || duration.nanos < 0) return null;
  return Math.min(toUs(duration), durationUsMax);
}

/** Refuses a field of user data that is over the limit. `field`: as in `StartTimerCommandAttributes.TimerId`. */
export function tooLarge(
  limits: RunLimits,
  cause: number,
  field: string,
  bytes: Uint8Array,
): BadCommand | null {
  return sizeProblem(limits, cause, field, bytes.length);
}

/** As `tooLarge`, for a field of which the size is known. */
export function sizeProblem(
  { blobBytesMax }: RunLimits,
  cause: number,
  field: string,
  bytes: number,
): BadCommand | null {
  if (bytes <= blobBytesMax) return null;
  return { cause, detail: `${field} exceeds size limit.`, terminates: true };
}

/** Bytes of user data by name, names included. */
export function groupBytes(fields: Readonly<Record<string, Uint8Array>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(fields)) bytes += utf8Length(name) + value.length;
  return bytes;
}

/** What every command passes on to its event. */
export function passedOn(command: Command): EventAttributes {
  const { userMetadata, eventGroupMarkers } = command;
  return {
    eventGroupMarkers,
    ...(userMetadata.length > 0 ? { userMetadata } : {}),
  };
}
