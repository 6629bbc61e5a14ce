import { resolve } from 'node:path';
import { command } from '../command.ts';

/** Copying takes as long as it takes. */
const answerMsMax = 24 * 3_600_000;

export const operatorBackup = command({
  name: 'operator backup',
  summary: 'Copy all that a server keeps into a new folder, while it serves.',
  flags: [],
  argument: 'DEST',
  connects: true,
  examples: ['operator backup /backups/monday'],
  async run({ argument, output, connect }) {
    const destination = resolve(argument);
    const made = await (await connect()).callOperator('Backup', { destination }, answerMsMax);
    const { bytes, files, appliedOffset, endOffset } = made;
    output.line(
      `Backed up to ${made.destination}: ${files} files, ${bytes} bytes, the log up to offset ${endOffset - 1}.`,
    );
    if (output.isJson) output.json({ destination, bytes, files, appliedOffset, endOffset });
  },
});
