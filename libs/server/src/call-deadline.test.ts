import { afterEach, expect, test, vi } from 'vitest';
import {
  GrpcClient,
  type ScriptedServer,
  startScriptedServer,
} from '../fixtures/scripted-server.ts';
import { transportKinds } from './grpc-transport.ts';
import { RealClock } from './real-clock.ts';

let server: ScriptedServer | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  await server?.transport.stop(0);
});

test.for(transportKinds)(
  '%s: a wall clock that is set back leaves a call its time',
  async (kind) => {
    const clock = new RealClock();
    let leftMs: number | null = null;
    const script = {
      poll: (call: { readonly deadlineMs: number | null }) => {
        leftMs = (call.deadlineMs ?? 0) - clock.nowUs() / 1_000;
        return Promise.resolve({ bytes: new Uint8Array(), notDelivered: () => undefined });
      },
    };
    server = await startScriptedServer(script, kind);
    const client = new GrpcClient(server.address);
    const poll = { namespace: 'default', taskQueue: { name: 'orders' } };
    await client.call('GetSystemInfo', {});
    const realNow = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() - 300_000);
    await client.call('PollWorkflowTaskQueue', poll, { deadline: realNow() - 300_000 + 60_000 });
    client.close();
    expect(leftMs).toBeGreaterThan(50_000);
    expect(leftMs).toBeLessThan(61_000);
  },
);
