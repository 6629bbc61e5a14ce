// Every workflow of the compatibility tests: the entry of their one bundle.

export * from './activity-calls.ts';
export * from './chains.ts';
export * from './commands.ts';
export * from './local-activities.ts';
export * from './messages.ts';
export * from './outcomes.ts';
export * from './timers.ts';
