import { command } from '../command.ts';

export const logDump = command({
  name: 'log dump',
  summary: 'Show what stands in the log of a directory, record by record.',
  flags: [
    {
      name: 'workflow-id',
      short: 'w',
      type: 'string',
      summary: 'Only transitions of this workflow id.',
    },
    { name: 'from', type: 'int', default: 0, summary: 'First offset.' },
    { name: 'to', type: 'int', summary: 'Last offset; the end of the log unless given.' },
    { name: 'payloads', type: 'bool', summary: 'Show whole events, with what users gave.' },
  ],
  argument: 'DIR',
  connects: false,
  examples: [
    'log dump perdure.db --workflow-id order-7',
    'log dump perdure.db --from 100 -o jsonl',
  ],
  async run({ argument, flags, output }) {
    const { dumpDirectory, openDirectory } = await import('@perdure/server/offline');
    const { EntryPrinter } = await import('../log/print-entry.ts');
    const { oneLine } = await import('../log/one-line.ts');
    const printer = new EntryPrinter(output, flags.payloads);
    const filter = {
      from: flags.from,
      to: flags.to ?? Number.MAX_SAFE_INTEGER,
      workflowId: flags['workflow-id'] ?? null,
    };
    await oneLine(() =>
      dumpDirectory(openDirectory(argument), filter, (entry) => printer.print(entry)),
    );
    output.endList();
  },
});
