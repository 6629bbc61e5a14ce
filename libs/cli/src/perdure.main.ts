// The process: streams, signals and exit code of one command.
//
// The first SIGINT, SIGTERM or SIGHUP asks the command to end, the second ends the process.

import { constants } from 'node:os';
import { runProgram } from './program.ts';
import type { Sink } from './render/output.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(128 + constants.signals[signal]);
    interrupt.abort();
  });
}

// A reader that went away (`perdure workflow list | head`) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

function sink(stream: NodeJS.WriteStream): Sink {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}

const exitCode = await runProgram(process.argv.slice(2), {
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  environment: process.env,
  interrupted: interrupt.signal,
});
// A call that was cut off may still wait for its answer: the process does not.
await Promise.all([process.stdout, process.stderr].map(flushed));
process.exit(exitCode);

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
