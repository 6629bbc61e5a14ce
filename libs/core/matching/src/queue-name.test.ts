import { expect, test } from 'vitest';
import { refuseQueueName } from './queue-name.ts';

test.for([
  ['', 'missing task queue name'],
  ['é'.repeat(501), 'taskQueue length exceeds limit'],
  ['/_sys/orders/1', 'task queue name cannot start with reserved prefix /_sys/'],
])('refuseQueueName refuses "%s"', ([name, message]) => {
  expect(refuseQueueName(name as string)).toEqual({ code: 'INVALID_ARGUMENT', message });
});

test('refuseQueueName lets 1000 bytes pass', () => {
  expect(refuseQueueName('é'.repeat(500))).toBe(null);
});
