// What a list can be asked for: conditions that must all hold. Values are typed; the adapter of the index binds them.
//
// F1. A condition on what a run does not have does not hold, whatever its sign.
// F2. An attribute of many values (a list of keywords, the words of a text) is equal to a value when one of its values
//     is, and unequal when none is; so a run without it is unequal to every value.

export type Sign = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'between';

/** An id, a name, a number of an enum, or a time in µs since 1970. */
export type SystemValue = string | number;

export const systemFields = {
  WorkflowId: 'text',
  RunId: 'text',
  WorkflowType: 'text',
  TaskQueue: 'text',
  ExecutionStatus: 'status',
  StartTime: 'time',
  ExecutionTime: 'time',
  /** None while the run is open. */
  CloseTime: 'time',
} as const;
export type SystemField = keyof typeof systemFields;

/** Keyword or word: string. Int: bigint. Double, and time in µs: number. Bool: boolean. */
export type AttributeValue = string | number | bigint | boolean;

export type Condition =
  | {
      readonly kind: 'system';
      readonly field: SystemField;
      readonly sign: Sign;
      /** One; two for between; any number for in. */
      readonly values: readonly SystemValue[];
    }
  | {
      readonly kind: 'attribute';
      readonly name: string;
      /** F2. Its signs are in and != only. */
      readonly many: boolean;
      readonly sign: Sign;
      readonly values: readonly AttributeValue[];
    };

/** All of them; none: every run. */
export type ListFilter = readonly Condition[];

/** The values of one attribute of a run, no two of them equal. */
export interface IndexedAttribute {
  readonly name: string;
  readonly values: readonly AttributeValue[];
}
