// Compositions of the services into processes.

export { type EmbeddedOptions, type EmbeddedServer, startEmbeddedServer } from './embedded.main.ts';
export { requireNodeVersion } from './node-version.ts';
export { stopOnSignal } from './signals.ts';
