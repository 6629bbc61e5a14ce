import { fileContract } from '@perdure/ports/contract/file.contract';
import { VolatileDirectory } from './volatile-directory.ts';

fileContract('VolatileDirectory', () => {
  const directory = new VolatileDirectory();
  return { directory, again: () => directory };
});
