import { StorageFault } from '@perdure/ports';
import { operatorCodec } from '@perdure/wire/operator';
import { expect, test } from 'vitest';
import { type OperatorContext, operatorMethods } from './operator-methods.ts';

/** The status of ListQuarantine when the history service rejects with that. */
async function refusalOf(error: Error): Promise<{ code: string; reported: unknown }> {
  let reported: unknown = null;
  const failing = (): Promise<never> => Promise.reject(error);
  const context = {
    history: { describeRun: failing, listQuarantine: failing, releaseRun: failing },
    namespaces: { byId: () => undefined, byName: () => undefined },
    backup: null,
    reportBug: (_method: string, fault: unknown) => {
      reported = fault;
    },
  } as unknown as OperatorContext;
  const list = operatorMethods(context).find(({ name }) => name === 'ListQuarantine');
  const request = operatorCodec('ListQuarantine').request.encode({});
  const refusal = await list?.handle(request, {} as never).catch((fault: unknown) => fault);
  const { rejection } = refusal as { rejection: { code: string } };
  return { code: rejection.code, reported };
}

test('storage that fails asks the operator to come again; any other error is a bug of the server', async () => {
  const failed = new StorageFault('io', 'the disk does not answer');
  expect(await refusalOf(failed)).toEqual({ code: 'UNAVAILABLE', reported: failed });
  const bug = new TypeError('x is not a function');
  expect(await refusalOf(bug)).toEqual({ code: 'INTERNAL', reported: bug });
});
