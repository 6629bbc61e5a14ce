// The perdure command, for programs that run it in their own process.

export { commandTable } from './commands/table.ts';
export { runProgram, type Surroundings } from './program.ts';
export type { Sink } from './render/output.ts';
