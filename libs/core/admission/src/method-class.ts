// What each public method is to admission: whose rate it counts against, who goes first, what it makes the server do.
//
// Workers' reports come before everything that makes new work for them: refusing one costs more than it saves, since the
// work is done again. Upstream puts starts beside them; here a flood of starts leaves the reports their share.

/** The rate that a method counts against. */
export type Quota = 'execution' | 'visibility' | 'namespaceChange' | 'none';

/**
 * What a call makes the server do, in the order in which it is shed: new work first, then what adds to a run, and what ends
 * work never.
 */
export type Work = 'start' | 'change' | 'other' | 'progress';

export interface MethodClass {
  readonly quota: Quota;
  /** 0 goes first. A method takes from its own priority and from all behind it. */
  readonly priority: number;
  readonly work: Work;
  /** Waits for something, and is counted while it does. */
  readonly waits: boolean;
}

export const priorities = 6;

const of = (
  priority: number,
  work: Work = 'other',
  { quota = 'execution', waits = false }: { quota?: Quota; waits?: boolean } = {},
): MethodClass => ({ quota, priority, work, waits });

const system = of(0);
const progress = of(1, 'progress');
const poll = of(2, 'other', { waits: true });
const ending = of(2);
const history = of(2);
const start = of(3, 'start');
const change = of(3, 'change');
const read = of(4);
const visibility = of(1, 'other', { quota: 'visibility' });
const namespaceChange = of(1, 'other', { quota: 'namespaceChange' });
const free = of(0, 'other', { quota: 'none' });

/** A wait for news of a history goes last, as upstream: it is asked again. */
export const historyWait: MethodClass = of(5, 'other', { waits: true });

const classes: Readonly<Record<string, MethodClass>> = {
  GetSystemInfo: free,
  GetClusterInfo: system,
  GetSearchAttributes: system,
  DescribeNamespace: system,
  ListNamespaces: system,
  DeprecateNamespace: system,

  RespondWorkflowTaskCompleted: progress,
  RespondWorkflowTaskFailed: progress,
  RespondActivityTaskCompleted: progress,
  RespondActivityTaskCompletedById: progress,
  RespondActivityTaskFailed: progress,
  RespondActivityTaskFailedById: progress,
  RespondActivityTaskCanceled: progress,
  RespondActivityTaskCanceledById: progress,
  RespondQueryTaskCompleted: progress,
  RespondNexusTaskCompleted: progress,
  RespondNexusTaskFailed: progress,
  RecordActivityTaskHeartbeat: progress,
  RecordActivityTaskHeartbeatById: progress,

  PollWorkflowTaskQueue: poll,
  PollActivityTaskQueue: poll,
  PollNexusTaskQueue: poll,
  ShutdownWorker: ending,
  RecordWorkerHeartbeat: ending,
  ResetStickyTaskQueue: ending,
  TerminateWorkflowExecution: ending,
  RequestCancelWorkflowExecution: ending,
  DeleteWorkflowExecution: ending,
  GetWorkflowExecutionHistory: history,

  StartWorkflowExecution: start,
  SignalWithStartWorkflowExecution: start,
  ExecuteMultiOperation: start,
  StartBatchOperation: start,
  CreateSchedule: start,
  StartActivityExecution: start,
  SignalWorkflowExecution: change,
  UpdateWorkflowExecution: of(3, 'change', { waits: true }),
  ResetWorkflowExecution: change,
  PatchSchedule: change,

  QueryWorkflow: of(4, 'other', { waits: true }),
  PollWorkflowExecutionUpdate: of(4, 'other', { waits: true }),

  ListWorkflowExecutions: visibility,
  ListOpenWorkflowExecutions: visibility,
  ListClosedWorkflowExecutions: visibility,
  ListArchivedWorkflowExecutions: visibility,
  ScanWorkflowExecutions: visibility,
  CountWorkflowExecutions: visibility,
  ListSchedules: visibility,
  CountSchedules: visibility,
  ListBatchOperations: visibility,
  ListWorkers: visibility,
  DescribeWorker: visibility,

  RegisterNamespace: namespaceChange,
  UpdateNamespace: namespaceChange,
};

/** What is not named is read by people. */
export function classOf(method: string): MethodClass {
  return Object.hasOwn(classes, method) ? (classes[method] as MethodClass) : read;
}
