// Task queues in requests.

import { type RpcRequest, TaskQueueKind } from '@perdure/wire';
import { checkText, refuse } from './text.ts';

type TaskQueue = RpcRequest<'PollWorkflowTaskQueue'>['taskQueue'];

/** Names of partitions upstream; a queue of this name would be read back as one. */
const reservedPrefix = '/_sys/';

function checkQueueName(name: string): void {
  checkText(name, 'taskQueue');
  if (name.startsWith(reservedPrefix))
    refuse(`task queue name cannot start with reserved prefix ${reservedPrefix}`);
}

/** The queue, with its kind filled in. */
export function checkTaskQueue(queue: TaskQueue): asserts queue is NonNullable<TaskQueue> {
  if (queue === null) refuse('taskQueue is not set');
  if (queue.name === '') refuse('missing task queue name');
  checkQueueName(queue.name);
  if (queue.kind === 0) queue.kind = TaskQueueKind.Normal;
  if (queue.kind !== TaskQueueKind.Normal && queue.kind !== TaskQueueKind.Sticky)
    refuse(`task queue kind ${queue.kind} is not known`);
  checkText(queue.normalName, 'taskQueue');
}
