// What must hold of a server, whatever it is made of.

export { judge, type Shown } from './judge.ts';
export {
  type AttemptSeen,
  type HeartbeatSeen,
  type HistorySeen,
  Ledger,
  type ResultSeen,
  type SignalSeen,
  type StartSeen,
} from './ledger.ts';
