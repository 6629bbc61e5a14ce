// Imported before the simulator: gives one file of the engine the text of the mutant as it is loaded.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const path = process.env['PERDURE_MUTANT'];
if (path === undefined) throw new Error('PERDURE_MUTANT names no file; give it that of the mutant');
const { file, text } = JSON.parse(readFileSync(path, 'utf8')) as { file: string; text: string };
const place = pathToFileURL(file).href;

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    return url === place ? { ...loaded, source: text } : loaded;
  },
});
