// Which calls are let in: what a method is to admission (method-class.ts), rates (priority-quota.ts), load (load.ts).

export {
  beginChange,
  beginStart,
  endChange,
  endStart,
  type Load,
  newLoad,
  noWork,
  turnEnded,
  type WorkUnderWay,
} from './load.ts';
export { classOf, historyWait, type MethodClass, priorities, type Quota } from './method-class.ts';
export { changeQuota, newQuota, type PriorityQuota, takeQuota } from './priority-quota.ts';
