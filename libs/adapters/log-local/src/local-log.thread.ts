// The thread of a local log: one request at a time, write and sync synchronously, answer, then prepare for the next.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openNodeDirectory } from '@perdure/file-node';
import { LocalLog } from './local-log.ts';
import {
  failureOf,
  packedBytes,
  packRecords,
  type ThreadAnswer,
  type ThreadMessage,
  type ThreadRequest,
  type ThreadStart,
  unpackRecords,
} from './thread-messages.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const { directoryPath, options } = workerData as ThreadStart;
try {
  serve(LocalLog.open(openNodeDirectory(directoryPath), options), port);
} catch (error) {
  post(port, { kind: 'failed', failure: failureOf(error), ended: true });
}

function serve(log: LocalLog, to: MessagePort): void {
  to.on('message', (request: ThreadRequest) => {
    try {
      const answer = answerTo(log, request);
      post(to, { kind: 'done', answer });
    } catch (error) {
      post(to, { kind: 'failed', failure: failureOf(error), ended: log.fault !== null });
    }
    if (request.kind === 'close') to.close();
    else if (request.kind === 'append' && log.fault === null) prepareAhead(log, to);
  });
  post(to, { kind: 'done', answer: log.report });
  prepareAhead(log, to);
}

function answerTo(log: LocalLog, request: ThreadRequest): ThreadAnswer {
  switch (request.kind) {
    case 'append':
      return log.append(unpackRecords(request.records));
    case 'read': {
      const found = log.read(request.fromOffset, request.maxBytes).map(({ bytes }) => bytes);
      return packRecords(found, new Uint8Array(packedBytes(found)));
    }
    case 'endOffset':
      return log.endOffset;
    case 'lowMark':
      return log.lowMark;
    case 'trim':
      log.trim(request.offset);
      return null;
    case 'stats':
      return log.stats;
    case 'extent':
      return log.extent;
    case 'close':
      log.close();
      return null;
  }
}

function prepareAhead(log: LocalLog, to: MessagePort): void {
  try {
    log.prepareAhead();
  } catch (error) {
    post(to, { kind: 'ended', failure: failureOf(error) });
  }
}

function post(to: MessagePort, message: ThreadMessage): void {
  const packed = message.kind === 'done' && message.answer instanceof Uint8Array;
  to.postMessage(message, packed ? [(message.answer as Uint8Array<ArrayBuffer>).buffer] : []);
}
