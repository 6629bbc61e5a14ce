// What the handlers of commands share: the cause by which a bad command fails its workflow task.

import { type Command, WorkflowTaskFailedCause } from '@perdure/wire';
import type { Draft } from '../draft.ts';

/** The completion is void: its task fails with the cause and the worker hears `CauseInCamelCase: detail`. */
export interface BadCommand {
  readonly cause: number;
  /** Empty: the text is the bare name of the cause (clients match `UnhandledCommand`). */
  readonly detail: string;
}

export interface CommandContext {
  readonly draft: Draft;
  readonly command: Command;
  readonly completedEventId: number;
  readonly identity: string;
  /** Asks for another workflow task after this one: the code has something new to see. */
  needsTask(): void;
}

export type CommandHandler = (context: CommandContext) => BadCommand | null;

const causeNames = new Map<number, string>(
  Object.entries(WorkflowTaskFailedCause).map(([name, value]) => [value, name]),
);

export function badCommandText(bad: BadCommand): string {
  const name = causeNames.get(bad.cause) ?? 'Unspecified';
  return bad.detail === '' ? name : `${name}: ${bad.detail}`;
}

/** User metadata of a command goes onto its event. */
export function metadataOf(command: Command): { userMetadata?: Uint8Array } {
  return command.userMetadata.length > 0 ? { userMetadata: command.userMetadata } : {};
}
