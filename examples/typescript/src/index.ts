// The examples as a library, for tests.

export * as helloActivities from './hello/activities.ts';
export { hello } from './hello/workflow.ts';
export * as orderActivities from './order-saga/activities.ts';
export type { Order, OrderResult, OrderStatus } from './order-saga/order.ts';
export { runOrder, workflowsPath as orderWorkflowsPath } from './order-saga/run-order.ts';
export { serverAddress } from './server-address.ts';
export { withSession } from './session.ts';
