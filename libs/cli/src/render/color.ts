// Colours of a terminal, or none.

import { stripVTControlCharacters } from 'node:util';

export interface Paint {
  heading(text: string): string;
  faint(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  magenta(text: string): string;
}

const escape =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string): string => text;

const colored: Paint = {
  heading: escape(35),
  faint: escape(2),
  red: escape(31),
  green: escape(32),
  yellow: escape(33),
  blue: escape(34),
  magenta: escape(35),
};
const uncolored: Paint = {
  heading: plain,
  faint: plain,
  red: plain,
  green: plain,
  yellow: plain,
  blue: plain,
  magenta: plain,
};

export function paint(on: boolean): Paint {
  return on ? colored : uncolored;
}

/** Letters that a terminal shows: escape sequences take no room. */
export function shownWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** The colour of a status or event type, by its last word. */
export function paintOutcome(name: string, by: Paint): string {
  if (/Failed$/i.test(name)) return by.red(name);
  if (/Time(d?_?)out$/i.test(name)) return by.yellow(name);
  if (/(Canceled|Terminated)$/i.test(name)) return by.magenta(name);
  if (/^(WorkflowExecution|ChildWorkflowExecution)?Completed$/i.test(name)) return by.green(name);
  if (/^((WorkflowExecution|ChildWorkflowExecution)Started|Running)$/i.test(name))
    return by.blue(name);
  return name;
}
