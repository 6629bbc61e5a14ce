// Counts what happens to runs: their ends, their workflow tasks, their activities.
//
// Counted on head, in the turn of the decision: what is decided and never becomes durable ends the process (L11).

import type { Activity, Effect, ExecutionState, Note } from '@perdure/core-execution';
import { type Counter, type CounterName, type Histogram, type Metrics } from '@perdure/ports';
import {
  EventType,
  publicEnum,
  type RpcRequest,
  TimeoutType,
  WorkflowExecutionStatus,
} from '@perdure/wire';

type Command = RpcRequest<'RespondWorkflowTaskCompleted'>['commands'][number];

const commandName = namesOf('CommandType', 'COMMAND_TYPE_');
const failureName = namesOf('WorkflowTaskFailedCause', 'WORKFLOW_TASK_FAILED_CAUSE_');
const timeoutName = namesOf('TimeoutType', 'TIMEOUT_TYPE_');

const outcomes = new Map<number, CounterName>([
  [WorkflowExecutionStatus.Completed, 'workflow_success'],
  [WorkflowExecutionStatus.Failed, 'workflow_failed'],
  [WorkflowExecutionStatus.Canceled, 'workflow_cancel'],
  [WorkflowExecutionStatus.Terminated, 'workflow_terminate'],
  [WorkflowExecutionStatus.ContinuedAsNew, 'workflow_continued_as_new'],
  [WorkflowExecutionStatus.TimedOut, 'workflow_timeout'],
]);

const timeoutCounters = new Map<number, CounterName>([
  [TimeoutType.StartToClose, 'start_to_close_timeout'],
  [TimeoutType.ScheduleToStart, 'schedule_to_start_timeout'],
  [TimeoutType.ScheduleToClose, 'schedule_to_close_timeout'],
  [TimeoutType.Heartbeat, 'heartbeat_timeout'],
]);

const activityTimer = 'TimerActiveTaskActivityTimeout';
const taskTimer = 'TimerActiveTaskWorkflowTaskTimeout';

/** What is counted at every transition or workflow task, resolved once for a namespace. */
interface NamespaceMeters {
  readonly name: string;
  readonly transitions: Histogram;
  readonly tasksCompleted: Counter;
  readonly taskAttempts: Histogram;
  readonly empty: Counter;
  readonly multiple: Counter;
  readonly sticky: Counter;
  readonly notSticky: Counter;
  /** By command type. */
  readonly commands: Counter[];
}

export class RunMeters {
  readonly #metrics: Metrics;
  readonly #nameOf: (namespaceId: string) => string;
  readonly #byNamespace = new Map<string, NamespaceMeters>();

  /** `nameOf`: the name of a namespace, by its id. */
  constructor(metrics: Metrics, nameOf: (namespaceId: string) => string) {
    this.#metrics = metrics;
    this.#nameOf = nameOf;
  }

  /** A transition of the run is durable. */
  durable(namespaceId: string, version: number): void {
    this.#of(namespaceId).transitions.observe(version);
  }

  /** The run changed; `state` is the state after it. */
  changed(state: ExecutionState, effects: readonly Effect[], notes: readonly Note[]): void {
    for (const note of notes) this.#noted(state, note, notes);
    for (const effect of effects) if (effect.kind === 'closed') this.#closed(state);
  }

  /** A workflow task was completed with these commands. */
  taskCompleted(
    namespaceId: string,
    commands: readonly Command[],
    sticky: boolean,
    attempt: number,
  ): void {
    const meters = this.#of(namespaceId);
    meters.tasksCompleted.value += 1;
    meters.taskAttempts.observe(attempt);
    (sticky ? meters.sticky : meters.notSticky).value += 1;
    if (commands.length === 0) meters.empty.value += 1;
    else if (commands.length > 1) meters.multiple.value += 1;
    for (const { commandType } of commands) {
      const name = commandName(commandType) ?? 'Unspecified';
      const counter = (meters.commands[commandType] ??= this.#metrics
        .counter('command')
        .of(meters.name, name));
      counter.value += 1;
    }
  }

  queryEnded(namespaceId: string, how: 'success' | 'failure' | 'timeout'): void {
    const { name } = this.#of(namespaceId);
    this.#metrics.counter(`workflow_query_${how}_count`).of(name).value += 1;
  }

  #of(namespaceId: string): NamespaceMeters {
    return this.#byNamespace.get(namespaceId) ?? this.#open(namespaceId);
  }

  #open(namespaceId: string): NamespaceMeters {
    const metrics = this.#metrics;
    const name = this.#nameOf(namespaceId);
    const meters: NamespaceMeters = {
      name,
      transitions: metrics.histogram('state_transition_count').of(name),
      tasksCompleted: metrics.counter('workflow_tasks_completed').of(name),
      taskAttempts: metrics.histogram('workflow_task_attempt').of(name),
      empty: metrics.counter('empty_completion_commands').of(name),
      multiple: metrics.counter('multiple_completion_commands').of(name),
      sticky: metrics.counter('complete_workflow_task_sticky_enabled_count').of(name),
      notSticky: metrics.counter('complete_workflow_task_sticky_disabled_count').of(name),
      commands: [],
    };
    this.#byNamespace.set(namespaceId, meters);
    return meters;
  }

  #closed({ run, start, progress }: ExecutionState): void {
    const metrics = this.#metrics;
    const { name } = this.#of(run.namespaceId);
    const labels = [name, start.workflowType, start.taskQueue];
    const outcome = outcomes.get(progress.status);
    if (outcome !== undefined) metrics.counter(outcome).of(...labels).value += 1;
    metrics
      .histogram('workflow_schedule_to_close_latency')
      .of(...labels)
      .observe(progress.closeTimeUs - start.startTimeUs);
    metrics.histogram('history_size').of(name).observe(progress.historyBytes);
    metrics
      .histogram('history_count')
      .of(name)
      .observe(progress.nextEventId - 1);
  }

  #noted(state: ExecutionState, note: Note, notes: readonly Note[]): void {
    const { name } = this.#of(state.run.namespaceId);
    switch (note.kind) {
      case 'attemptFailed':
        return this.#attemptFailed(state, note.activity, note.timeoutType);
      case 'activityEnded':
        return this.#activityEnded(state, note.activity, note.eventType, notes);
      case 'workflowTaskFailed': {
        const failure = failureName(note.cause) ?? 'Unspecified';
        this.#metrics.counter('failed_workflow_tasks').of(name, failure).value += 1;
        return;
      }
      case 'workflowTaskTimedOut':
        return this.#timedOut(taskTimer, name, note.timeoutType);
    }
  }

  #attemptFailed(state: ExecutionState, activity: Activity, timeoutType: number): void {
    const metrics = this.#metrics;
    if (timeoutType === 0) {
      const labels = this.#labels('RespondActivityTaskFailed', state, activity);
      metrics.counter('activity_task_fail').of(...labels).value += 1;
      this.#tookUs('activity_start_to_close_latency', labels, state, activity.startedTimeUs);
      return;
    }
    const labels = this.#labels(activityTimer, state, activity);
    const type = timeoutName(timeoutType) ?? '';
    metrics.counter('activity_task_timeout').of(...labels, type).value += 1;
    this.#timedOut(activityTimer, labels[1] as string, timeoutType);
  }

  #activityEnded(
    state: ExecutionState,
    activity: Activity,
    eventType: number,
    notes: readonly Note[],
  ): void {
    const metrics = this.#metrics;
    const ended = (operation: string): readonly string[] => {
      const labels = this.#labels(operation, state, activity);
      this.#tookUs('activity_schedule_to_close_latency', labels, state, activity.scheduledTimeUs);
      return labels;
    };
    if (eventType === EventType.ActivityTaskCompleted) {
      const labels = ended('RespondActivityTaskCompleted');
      metrics.counter('activity_success').of(...labels).value += 1;
      this.#tookUs('activity_start_to_close_latency', labels, state, activity.startedTimeUs);
      this.#tookUs('activity_end_to_end_latency', labels, state, activity.scheduledTimeUs);
    } else if (eventType === EventType.ActivityTaskFailed) {
      const labels = ended('RespondActivityTaskFailed');
      metrics.counter('activity_fail').of(...labels).value += 1;
      this.#tookUs('activity_end_to_end_latency', labels, state, activity.scheduledTimeUs);
    } else if (eventType === EventType.ActivityTaskCanceled) {
      metrics.counter('activity_cancel').of(...ended('RespondActivityTaskCanceled')).value += 1;
    } else if (eventType === EventType.ActivityTaskTimedOut) {
      const type = timeoutName(timeoutTypeOf(activity, notes)) ?? '';
      metrics.counter('activity_timeout').of(...ended(activityTimer), type).value += 1;
    }
  }

  #timedOut(operation: string, namespace: string, timeoutType: number): void {
    const counter = timeoutCounters.get(timeoutType);
    if (counter !== undefined) this.#metrics.counter(counter).of(operation, namespace).value += 1;
  }

  #labels(operation: string, state: ExecutionState, activity: Activity): readonly string[] {
    const { name } = this.#of(state.run.namespaceId);
    return [operation, name, state.start.workflowType, activity.activityType, activity.taskQueue];
  }

  #tookUs(
    name:
      | 'activity_start_to_close_latency'
      | 'activity_schedule_to_close_latency'
      | 'activity_end_to_end_latency',
    labels: readonly string[],
    state: ExecutionState,
    sinceUs: number,
  ): void {
    this.#metrics
      .histogram(name)
      .of(...labels)
      .observe(Math.max(0, state.progress.clockUs - sinceUs));
  }
}

/** Of the attempt with which the activity ended: noted just before. */
function timeoutTypeOf(activity: Activity, notes: readonly Note[]): number {
  for (const note of notes) {
    if (note.kind === 'attemptFailed' && note.activity === activity) return note.timeoutType;
  }
  return 0;
}

/** `StartTimer` for the number of `COMMAND_TYPE_START_TIMER`. Looked up at the first use: no start waits for descriptors. */
function namesOf(enumName: string, prefix: string): (number: number) => string | undefined {
  let names: ReadonlyMap<number, string> | null = null;
  return (wanted) => {
    names ??= new Map(
      Object.entries(publicEnum(`temporal.api.enums.v1.${enumName}`)).map(([name, number]) => [
        number,
        pascal(name.slice(prefix.length)),
      ]),
    );
    return names.get(wanted);
  };
}

function pascal(upper: string): string {
  return upper
    .toLowerCase()
    .replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
