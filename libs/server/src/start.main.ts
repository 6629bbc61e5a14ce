// `npm start`: a durable server in ./.perdure that first runs a real workflow on itself, then keeps serving.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { requireNodeVersion } from './node-version.ts';

requireNodeVersion();
const { startEmbeddedServer } = await import('./embedded.main.ts');
const { stopOnSignal } = await import('./signals.ts');

const port = Number(process.env['PERDURE_PORT'] ?? 7233);
const metricsPort = Number(process.env['PERDURE_METRICS_PORT'] ?? 0);
const dbFilename = process.env['PERDURE_DB'] ?? '.perdure/perdure.db';
const demo = fileURLToPath(
  new URL('../../../examples/typescript/src/demo.main.ts', import.meta.url),
);

function runDemo(address: string): Promise<number> {
  const child = spawn(process.execPath, [demo, address, 'default'], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

try {
  const server = await startEmbeddedServer({
    ip: '127.0.0.1',
    port,
    namespaces: ['default'],
    dbFilename,
    logLevel: 'warn',
    logFormat: 'text',
    sqlitePragmas: {},
    metricsPort,
    dynamicConfig: { file: process.env['DYNAMIC_CONFIG_FILE_PATH'] || null, values: {} },
  });
  stopOnSignal(server);
  console.log(`Perdure serves on ${server.address}, durable in ${server.persistence}`);
  console.log(`Metrics at http://${server.metricsAddress}/metrics\n`);
  const status = await runDemo(server.address);
  if (status === 0) console.log(`\nThe server keeps running on ${server.address}. Ctrl-C ends it.`);
  else
    console.error(
      `\nThe demonstration failed (status ${status}); the server keeps running on ${server.address}.`,
    );
} catch (error) {
  console.error(`Error: ${(error as Error).message}`);
  process.exit(1);
}
