// No file names a folder of somebody's machine.

import { findAll, type Rule } from '../rule.ts';

const absolute =
  /(?<=^|[\s'"`(=:,[])(?:\/(?:home|Users|root|work|mnt|workspaces?)\/|[A-Z]:\\{1,2}Users\b)[^\s'"`)\]]*/gm;

export const machinePaths: Rule = {
  name: 'machine-paths',
  check: (repository) =>
    repository.files.flatMap((file) =>
      findAll(file, file.text, absolute, (match) => `path of one machine: ${match[0]}`),
    ),
};
