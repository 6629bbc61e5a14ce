import { CommandError, command } from '../command.ts';

export const logVerify = command({
  name: 'log verify',
  summary: 'Check the log and the store of a directory; change nothing.',
  flags: [],
  argument: 'DIR',
  connects: false,
  examples: ['log verify perdure.db'],
  async run({ argument, output, note }) {
    const { openDirectory, verifyDirectory } = await import('@perdure/server/offline');
    const { printVerification, verificationJson } = await import('../log/print-verification.ts');
    const { oneLine } = await import('../log/one-line.ts');
    const found = await oneLine(async () => openDirectory(argument));
    if (found.holder !== null) {
      note(
        `Note: a server has the directory (${found.holder}); what it writes meanwhile is not checked`,
      );
    }
    const verification = await oneLine(() => verifyDirectory(found));
    printVerification(output, found.paths.store, verification);
    if (output.isJson) output.json(verificationJson(found, verification));
    const { faultCount, faults } = verification;
    if (faultCount === 0) return;
    const first = faults[0]?.what ?? '';
    throw new CommandError(
      `${faultCount} ${faultCount === 1 ? 'fault' : 'faults'} found: ${first}`,
    );
  },
});
