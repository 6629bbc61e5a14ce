// What must hold of a server, whatever it is made of.

export { judge } from './judge.ts';
export {
  type DescriptionSeen,
  type HistorySeen,
  Ledger,
  type ReportSeen,
  type RequestSeen,
  type StateSeen,
  type TaskAnswerSeen,
  type TaskSeen,
  type Verdict,
} from './ledger.ts';
export { type PropertiesChange, propertiesOf, valuesOf } from './properties.ts';
export { judgeRetention } from './retention.ts';
export type { Fault, RunListed, RunShown, Shown } from './shown.ts';
