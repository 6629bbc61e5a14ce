// Task queue partitions.

export { type Heap, type HeapItem, heapPush, heapRemove, newHeap } from './heap.ts';
export { refuseQueueName } from './queue-name.ts';
export { placeOf, type QueuePlaces, queuePlaces } from './queue-place.ts';
export {
  type ActivityPoll,
  type PollOutcome,
  type QueueName,
  type StartOutcome,
  type TaskKind,
  type TaskOffer,
  taskKey,
  type WorkflowPoll,
} from './task.ts';
export {
  backlogOf,
  type Effect,
  type HeldTask,
  heldCount,
  isAvailable,
  isEmpty,
  newParkedPoll,
  newTaskQueue,
  type ParkedPoll,
  type Poll,
  type TaskQueue,
} from './task-queue.ts';
export { chargeToken, newBucket, type TokenBucket, takeToken } from './token-bucket.ts';
export {
  cancelPoll,
  expirePoll,
  finishStart,
  forgetWorker,
  offerTask,
  parkPoll,
  type StartResult,
  tick,
  withdrawTask,
} from './transitions.ts';
