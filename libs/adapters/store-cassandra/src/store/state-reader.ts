// Reads run states, one or all.
//
// S1. The order of a scan is that of the cluster: by the token of (namespace, workflow id), then by run id. It does not change
//     with the cluster's nodes.
// S2. A workflow id without a run is a row without a run id: it is passed over, and does not count as one of the page.

import type { RunKey, RunStateRow } from '@perdure/ports';
import type { types } from 'cassandra-driver';
import type { Session, Statement } from '../connection/session.ts';
import { bytesOf, numberOf, textOf } from './columns.ts';
import { keyOf } from './fold-requests.ts';
import { joined } from './parts.ts';
import { cql } from './statements.ts';

/** A state in parts may be replaced between the read of its row and that of its parts. */
const triesMax = 5;

export async function readState(session: Session, run: RunKey): Promise<RunStateRow | null> {
  for (let tries = 1; ; tries++) {
    const row = await session.first({ cql: cql.readRunState, values: keyOf(run) });
    if (row === null) return null;
    const state = await stateOf(session, run, row);
    if (state !== null) return state;
    if (tries === triesMax) throw new Error(`the state of run ${run.runId} lacks parts`);
  }
}

/** null: it is in parts, and they are not there (any more). */
async function stateOf(session: Session, run: RunKey, row: types.Row): Promise<RunStateRow | null> {
  const [version, clock, parts] = ['version', 'clock', 'parts'].map((name) => numberOf(row, name));
  if (parts === 0)
    return { run, version, clock, state: joined([bytesOf(row, 'state')]) } as RunStateRow;
  const found: Uint8Array[] = [];
  const values = [...keyOf(run), clock as number];
  for await (const part of session.rows({ cql: cql.readStateParts, values }, sizeOfPart)) {
    found.push(bytesOf(part, 'bytes'));
  }
  return found.length === parts
    ? ({ run, version, clock, state: joined(found) } as RunStateRow)
    : null;
}

function sizeOfPart(row: types.Row): number {
  return bytesOf(row, 'bytes').length;
}

export async function scanStates(
  session: Session,
  after: RunKey | null,
  limit: number,
): Promise<RunStateRow[]> {
  const found: RunStateRow[] = [];
  for await (const row of rowsBehind(session, after)) {
    if (found.length === limit) break;
    const runId = row.get('run') as string | null;
    if (runId === null) continue;
    const run = { namespaceId: textOf(row, 'ns'), workflowId: textOf(row, 'wf'), runId };
    const state = (await stateOf(session, run, row)) ?? (await readState(session, run));
    if (state !== null) found.push(state);
  }
  return found;
}

/** S1. */
async function* rowsBehind(session: Session, after: RunKey | null): AsyncGenerator<types.Row> {
  if (after === null) {
    yield* scan(session, { cql: cql.scanRunStates, values: [] });
    return;
  }
  const [ns, wf, run] = keyOf(after);
  yield* scan(session, { cql: cql.scanRunStatesOfWorkflow, values: [ns, wf, run] });
  // Almost always it is alone with its token; others stand behind it, in the order of the keys' bytes.
  const own = keyBytes(ns, wf);
  for await (const other of session.rows({ cql: cql.workflowsOfToken, values: [ns, wf] })) {
    const key: [string, string] = [textOf(other, 'ns'), textOf(other, 'wf')];
    if (Buffer.compare(keyBytes(...key), own) <= 0) continue;
    yield* scan(session, { cql: cql.scanWorkflow, values: key });
  }
  yield* scan(session, { cql: cql.scanRunStatesBehind, values: [ns, wf] });
}

function scan(session: Session, statement: Statement): AsyncGenerator<types.Row> {
  return session.rows(statement, (row) => (row.get('state') as Buffer | null)?.length ?? 0);
}

/** The partition key as Cassandra writes and compares it. */
export function keyBytes(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return Buffer.concat([length, bytes, Buffer.alloc(1)]);
    }),
  );
}
