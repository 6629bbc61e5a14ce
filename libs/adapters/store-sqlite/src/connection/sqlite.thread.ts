// The entry of a thread that serves connections to SQLite, each over its own port.

import { type MessagePort, parentPort } from 'node:worker_threads';
import { assert } from '@perdure/kernel';
import { ServedConnection } from './served-connection.ts';

assert(parentPort !== null, 'this file is the entry of a thread');
parentPort.on('message', (port: MessagePort) => new ServedConnection(port));
