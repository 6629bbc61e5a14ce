// Every rule of the repository. A new one needs a planted violation in fixtures/<its name>.

import type { Rule } from './rule.ts';
import { bareNode } from './rules/bare-node.ts';
import { coreHeader } from './rules/core-header.ts';
import { corePurity } from './rules/core-purity.ts';
import { docLinks } from './rules/doc-links.ts';
import { emptyCatch } from './rules/empty-catch.ts';
import { fileLength } from './rules/file-length.ts';
import { layerDirection } from './rules/layer-direction.ts';
import { leftoverMarker } from './rules/leftover-marker.ts';
import { lockfileHosts } from './rules/lockfile-hosts.ts';
import { machinePaths } from './rules/machine-paths.ts';
import { naming } from './rules/naming.ts';
import { nodeVersion } from './rules/node-version.ts';
import { switchDefault } from './rules/switch-default.ts';
import { testOff } from './rules/test-off.ts';

export const rules: readonly Rule[] = [
  bareNode,
  coreHeader,
  corePurity,
  docLinks,
  emptyCatch,
  fileLength,
  layerDirection,
  leftoverMarker,
  lockfileHosts,
  machinePaths,
  naming,
  nodeVersion,
  switchDefault,
  testOff,
];
