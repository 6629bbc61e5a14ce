import { command } from '../command.ts';

export const serverRestore = command({
  name: 'server restore',
  summary: 'Bring a backup back as the files of a server that does not exist yet.',
  flags: [
    {
      name: 'db-filename',
      short: 'f',
      type: 'string',
      required: true,
      summary: 'Path of the new files, as server start-dev takes it.',
    },
  ],
  argument: 'SRC',
  connects: false,
  examples: ['server restore /backups/monday --db-filename perdure.db'],
  async run({ argument, flags, output }) {
    const { restore } = await import('@perdure/server/offline');
    const { oneLine } = await import('../log/one-line.ts');
    const { store, log, manifest } = await oneLine(() => restore(argument, flags['db-filename']));
    const { createdAt, files, endOffset } = manifest;
    output.line(`Restored the backup of ${createdAt} to ${store} and ${log}.`);
    if (output.isJson) output.json({ store, log, createdAt, files: files.length, endOffset });
  },
});
