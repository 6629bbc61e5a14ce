// The service of operators (proto/perdure/operator.proto), beside the public API on the same port.

import type { Access, PublicMethod, Scope } from '@perdure/frontend';
import type { HistoryOperator } from '@perdure/history';
import { invalidArgument, RejectionError, reject } from '@perdure/kernel';
import { type Namespaces, NotOwner, StorageFault } from '@perdure/ports';
import {
  type BackupAnswer,
  type OperatorMessages,
  type OperatorRpc,
  operatorCodec,
  operatorService,
  type RunReference,
} from '@perdure/wire/operator';

export interface OperatorContext {
  readonly history: HistoryOperator;
  readonly namespaces: Namespaces;
  /** null: this server keeps nothing on disk. */
  readonly backup: ((destination: string) => Promise<BackupAnswer>) | null;
  readonly reportBug: (method: string, error: unknown) => void;
}

interface Entry<R extends OperatorRpc> {
  readonly access: Access;
  readonly answer: (
    request: OperatorMessages[R]['request'],
  ) => Promise<OperatorMessages[R]['response']>;
}

type Table = { readonly [R in OperatorRpc]: Entry<R> };

function tableOf({ history, namespaces, backup }: OperatorContext): Table {
  const named = ({ namespace: name, workflowId, runId }: RunReference) => {
    const namespace = namespaces.byName(name);
    if (namespace === undefined) {
      throw new RejectionError(reject('NOT_FOUND', `Namespace ${name} is not found.`));
    }
    if (workflowId === '') throw new RejectionError(invalidArgument('WorkflowId is not set.'));
    return { namespaceId: namespace.id, workflowId, runId };
  };
  return {
    DescribeRun: { access: 'read', answer: async (request) => history.describeRun(named(request)) },
    ListQuarantine: {
      access: 'read',
      answer: async () => ({
        runs: (await history.listQuarantine()).map(({ run, ...row }) => ({
          ...row,
          namespace: namespaces.byId(run.namespaceId)?.name ?? run.namespaceId,
          workflowId: run.workflowId,
          runId: run.runId,
        })),
      }),
    },
    ReleaseRun: { access: 'write', answer: async (request) => history.releaseRun(named(request)) },
    Backup: {
      access: 'read',
      answer: async ({ destination }) => {
        if (backup === null) {
          const message = 'this server keeps everything in memory: there is nothing to back up';
          throw new RejectionError(reject('FAILED_PRECONDITION', message));
        }
        return backup(destination);
      },
    },
  };
}

export function operatorMethods(context: OperatorContext): readonly PublicMethod[] {
  const table = tableOf(context);
  const rpcs: readonly OperatorRpc[] = ['DescribeRun', 'ListQuarantine', 'ReleaseRun', 'Backup'];
  return rpcs.map((rpc) => method(rpc, table, context.reportBug));
}

function method<R extends OperatorRpc>(
  rpc: R,
  table: { readonly [K in R]: Entry<K> },
  reportBug: OperatorContext['reportBug'],
): PublicMethod {
  const { access, answer } = table[rpc];
  const codec = operatorCodec(rpc);
  const scope: Scope = { over: 'cluster', access };
  return {
    service: operatorService,
    name: rpc,
    scope,
    handle: async (bytes) => {
      try {
        return codec.response.encode(await answer(codec.request.decode(bytes)));
      } catch (error) {
        if (error instanceof RejectionError) throw error;
        if (error instanceof NotOwner) {
          throw new RejectionError(reject('UNAVAILABLE', error.message), { cause: error });
        }
        reportBug(rpc, error);
        const message = `something went wrong: ${(error as Error).message}`;
        // M10: storage heals by itself, or the process ends; the operator asks again.
        const code = error instanceof StorageFault ? 'UNAVAILABLE' : 'INTERNAL';
        throw new RejectionError(reject(code, message), { cause: error });
      }
    },
  };
}
