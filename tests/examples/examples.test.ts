// The examples and the demonstration, as their readers run them.

import { join } from 'node:path';
import {
  type PythonEnvironment,
  pythonEnvironment,
  repositoryRoot,
} from '@perdure/testing/harness';
import { expect, test } from 'vitest';
import { runFile } from '../cli/perdure.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const python: PythonEnvironment = await pythonEnvironment();
const typescript = join(repositoryRoot, 'examples/typescript/src');

const node = (program: string) =>
  runFile(process.execPath, [join(typescript, program), server.address, 'default']);

test('hello, TypeScript', async () => {
  const { code, stdout, stderr } = await node('hello/hello.main.ts');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Hello, World!\n', stderr: '' });
});

test('order saga, TypeScript: one order is shipped, one compensated', async () => {
  const { code, stdout, stderr } = await node('order-saga/order-saga.main.ts');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^result +shipped, parcel-/m);
  expect(stdout).toMatch(/^result +compensated: there is no such address$/m);
});

test('the demonstration of `npm start` shows a history and what to type next', async () => {
  const began = performance.now();
  const { code, stdout, stderr } = await node('demo.main.ts');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // The aim is 15 s alone on a machine; here other tests run beside it.
  expect(performance.now() - began).toBeLessThan(45_000);
  expect(stdout).toMatch(/ActivityTaskStarted +chargeCard, attempt 3 after BankDown/);
  expect(stdout).toMatch(/WorkflowExecutionCompleted +=/);
  expect(stdout).toContain('npx perdure workflow list');
  expect(stdout).not.toContain('\u001b[');
});

test.skipIf(python.kind === 'missing')('every Python example prints what it should', async () => {
  const interpreter = python.kind === 'ready' ? python.python : '';
  const program = join(repositoryRoot, 'examples/python/run_examples.py');
  const { code, stdout } = await runFile(interpreter, [program, server.address, 'default']);
  expect(stdout).not.toContain('FAILED');
  expect(stdout.match(/^ok /gm)).toHaveLength(6);
  expect(code).toBe(0);
});
