// The harness: the product as a child process, and what its tests need of the machine.

export { freePort } from './free-port.ts';
export { type PerdureOptions, PerdureServer, repositoryRoot } from './perdure-server.ts';
export { type PythonEnvironment, pythonEnvironment } from './python.ts';
export { untilAnswering } from './readiness.ts';
export { leaseServer, type ServerLease, usesForeignServer } from './server-lease.ts';
