// The order saga as a library, for tests.

export * as orderActivities from './order-saga/activities.ts';
export { workflowsPath as orderWorkflowsPath } from './order-saga/run-order.ts';
export { withSession } from './session.ts';
