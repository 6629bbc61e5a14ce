// Ranges of semantic versions, as clients and this server state them to each other.

import type { VersionInRange } from '@perdure/frontend';
import satisfies from 'semver/functions/satisfies.js';
import valid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';

/** A pre-release counts as a version of its own: 1.2.0-rc.1 lies in <2.0.0. */
export const versionInRange: VersionInRange = (version, range) => {
  if (valid(version) === null || validRange(range) === null) return null;
  return satisfies(version, range, { includePrerelease: true });
};
