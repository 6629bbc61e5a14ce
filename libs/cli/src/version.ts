// The version of this package, which is the product's.

import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;
