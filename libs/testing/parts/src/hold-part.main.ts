// Holds a broker of its own until it is killed: the run of keeper.contract.test.ts.

import { ownPart } from './find-part.ts';
import { kafkaPart } from './kafka.ts';

delete process.env['VITEST'];
const { found } = await ownPart(kafkaPart);
console.log(JSON.stringify(found));
setInterval(() => {}, 1_000);
