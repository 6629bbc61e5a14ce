import { expect, test } from 'vitest';
import { classOf, priorities } from './method-class.ts';

test('classOf: reports of workers go before polls, polls before new work, new work before what people read', () => {
  const order = [
    'GetClusterInfo',
    'RespondWorkflowTaskCompleted',
    'PollActivityTaskQueue',
    'StartWorkflowExecution',
    'DescribeWorkflowExecution',
  ].map((name) => classOf(name).priority);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(Math.max(...order)).toBeLessThan(priorities);
});

test('classOf a method it does not name, or of an object, is a read', () => {
  expect(classOf('DescribeSchedule')).toEqual(classOf('DescribeWorkflowExecution'));
  expect(classOf('toString')).toEqual(classOf('DescribeWorkflowExecution'));
});
