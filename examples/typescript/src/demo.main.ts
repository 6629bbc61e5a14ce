// The demo that `npm start` runs against the server it has just started: `demo.main.ts ADDRESS NAMESPACE`.
//
// Two orders go through the saga, one to the end and one back; then the history of the first as the command line shows
// it, and what to type next.

import { runProgram, type Sink } from '@perdure/cli';
import * as activities from './order-saga/activities.ts';
import { type FinishedOrder, runOrder, workflowsPath } from './order-saga/run-order.ts';
import { serverAddress } from './server-address.ts';
import { withSession } from './session.ts';

const taskQueue = 'demo-orders';
const server = serverAddress();
const colored = process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
const paint = (code: number, text: string): string =>
  colored ? `\u001b[${code}m${text}\u001b[0m` : text;
const title = (text: string): void => console.log(`\n${paint(35, text)}`);
const beganMs = Date.now();

function progress(what: string, details: string): void {
  const seconds = ((Date.now() - beganMs) / 1000).toFixed(2).padStart(6);
  console.log(`${paint(2, `${seconds} s`)}  ${what.padEnd(15)} ${details}`);
}

async function runOrders(): Promise<{ shipped: FinishedOrder; undone: FinishedOrder }> {
  title(`Demo: orders as a saga, on ${server.address}, namespace ${server.namespace}`);
  progress('worker', 'bundling the workflow, which takes a few seconds');
  const options = { ...server, taskQueue, workflowsPath, activities, logLevel: 'ERROR' as const };
  return await withSession(options, async (client) => {
    progress('worker', `polls task queue ${taskQueue}`);
    title('An order that works out; its card is charged at the third attempt');
    const shipped = await runOrder(client, taskQueue, '1 Main Street', progress);
    title('An order that cannot be shipped; what was done is undone');
    const undone = await runOrder(client, taskQueue, 'nowhere', progress);
    return { shipped, undone };
  });
}

async function showHistory(workflowId: string): Promise<void> {
  title('The event history of the first order');
  const words = ['workflow', 'show', '--workflow-id', workflowId];
  console.log(`$ npx perdure ${words.join(' ')}${flagText()}`);
  const { address, namespace } = server;
  process.exitCode = await perdure([...words, '--address', address, '--namespace', namespace]);
}

function sayWhatIsNext(shipped: string, undone: string): void {
  const flags = flagText();
  title('Next');
  console.log(`  npx perdure workflow list${flags}
  npx perdure workflow show --workflow-id ${undone}${flags}
  npx perdure workflow describe --workflow-id ${shipped}${flags}

  A worker of your own: any Temporal SDK, unchanged, with its address set to ${server.address}.
  TypeScript: examples/typescript   Python: examples/python   Everything else: README.md
`);
}

/** The flags that name this server, where it is not the one that the command line assumes. */
function flagText(): string {
  const usual = /^(localhost|127\.0\.0\.1):7233$/.test(server.address);
  const address = usual ? '' : ` --address ${server.address}`;
  return server.namespace === 'default' ? address : `${address} --namespace ${server.namespace}`;
}

/** The command line, in this process. */
function perdure(args: readonly string[]): Promise<number> {
  const sink = (stream: NodeJS.WriteStream): Sink => ({
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
  });
  return runProgram(args, {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    environment: process.env,
    interrupted: new AbortController().signal,
  });
}

try {
  const { shipped, undone } = await runOrders();
  await showHistory(shipped.workflowId);
  sayWhatIsNext(shipped.workflowId, undone.workflowId);
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
