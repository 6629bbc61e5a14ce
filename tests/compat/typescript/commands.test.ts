// What workflow code tells the server of itself: search attributes, memo, versions of its code.

import { randomUUID } from 'node:crypto';
import { readTextPayload } from '@perdure/wire';
import { describe, expect, test, vi } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();
const typesOf = (events: readonly { eventType: number }[]): number[] =>
  events.map(({ eventType }) => eventType);

describe.concurrent('workflow', () => {
  test('search attributes: the code upserts them, describe and lists show them, it reads them', async () => {
    const handle = await sdk.start(workflows.upsertAttributes, {
      args: [{ BatcherUser: ['first'], BinaryChecksums: ['a'] }, { BatcherUser: ['second'] }],
    });
    const wanted = { BatcherUser: ['second'], BinaryChecksums: ['a'] };
    await vi.waitFor(async () =>
      expect((await handle.describe()).searchAttributes).toMatchObject(wanted),
    );
    await vi.waitFor(async () => {
      const query = `WorkflowId = '${handle.workflowId}'`;
      for await (const info of sdk.client.workflow.list({ query })) {
        expect(info.searchAttributes).toMatchObject(wanted);
        return;
      }
      throw new Error('not listed yet');
    });
    await handle.signal(workflows.goOnSignal);
    expect(await handle.result()).toMatchObject(wanted);
    const events = await sdk.history(handle);
    expect(typesOf(events).filter((type) => type === 40).length).toBe(2);
    const upserted = events.find(({ eventType }) => eventType === 40);
    const fields =
      upserted?.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    expect(readTextPayload(fields?.['BinaryChecksums'] ?? new Uint8Array()).type).toBe(
      'KeywordList',
    );
  });

  test('search attributes: an empty list takes one out', async () => {
    const handle = await sdk.start(workflows.upsertAttributes, {
      args: [{ BatcherUser: ['me'], BatcherNamespace: ['here'] }, { BatcherUser: [] }],
    });
    await handle.signal(workflows.goOnSignal);
    await handle.result();
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ BatcherNamespace: ['here'] });
    expect(searchAttributes).not.toHaveProperty('BatcherUser');
  });

  test('memo: the code changes it, describe shows it', async () => {
    const handle = await sdk.start(workflows.changeMemo, {
      args: [
        { a: 1, b: { c: [2] } },
        { a: 'one', gone: null },
      ],
      memo: { kept: true, gone: 'soon' },
    });
    const wanted = { kept: true, a: 'one', b: { c: [2] } };
    expect(await handle.result()).toEqual(wanted);
    expect((await handle.describe()).memo).toEqual(wanted);
    expect(typesOf(await sdk.history(handle)).filter((type) => type === 46).length).toBe(2);
  });

  test('user metadata: summary and details of a start and of an activity are kept', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['echo', { startToCloseTimeout: '10s', summary: 'echoes it' }, 1],
      staticSummary: 'what it is',
      staticDetails: 'and more of it',
    });
    await handle.result();
    const description = await handle.describe();
    expect(await description.staticSummary()).toBe('what it is');
    expect(await description.staticDetails()).toBe('and more of it');
    const scheduled = (await sdk.history(handle))[4];
    expect(Buffer.from(scheduled?.userMetadata ?? []).toString()).toContain('echoes it');
  });

  test('priority: of a workflow and of an activity, each told to its worker', async () => {
    const handle = await sdk.start(workflows.callActivity, {
      args: ['ownPriority', { startToCloseTimeout: '10s', priority: { priorityKey: 1 } }],
      priority: { priorityKey: 4, fairnessKey: 'tenant' },
    });
    expect(await handle.result()).toMatchObject({ priorityKey: 1, fairnessKey: 'tenant' });
    expect((await handle.describe()).priority).toMatchObject({
      priorityKey: 4,
      fairnessKey: 'tenant',
    });
  });

  test('patch: a marker and a search attribute record the version that a replay takes', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const first = await sdk.startWorker({ taskQueue });
    const handle = await sdk.start(workflows.changedCode, { taskQueue, args: [] });
    await vi.waitFor(async () => expect((await sdk.history(handle)).length).toBe(6));
    await first.shutdown();
    await sdk.startWorker({ taskQueue });
    await handle.signal(workflows.goOnSignal);
    expect(await handle.result()).toBe('new, new');
    expectHistory(
      (await sdk.history(handle)).slice(0, 6),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 MarkerRecorded  markerName=core_patch
       6 UpsertWorkflowSearchAttributes`,
    );
    expect((await handle.describe()).searchAttributes['TemporalChangeVersion']).toEqual([
      'first-change',
      'second-change',
    ]);
  });
});
