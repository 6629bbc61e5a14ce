// The workflow of the bench: one activity.

import { proxyActivities } from '@temporalio/workflow';

const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({
  startToCloseTimeout: '1 minute',
});

export async function oneActivity(name: string): Promise<string> {
  return await greet(name);
}
