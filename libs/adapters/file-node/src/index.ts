// The file port on the Node file system.

export { openNodeDirectory } from './node-directory.ts';
export { lockHolder, readOnlyDirectory } from './read-only-directory.ts';
