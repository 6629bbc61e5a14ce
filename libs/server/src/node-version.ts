// Every entry point of the product imports this first: one line and exit 1 on another Node that
// runs TypeScript, instead of an error from deep inside. A Node older than 22.18 cannot read this
// file either: it stops with "Unknown file extension", and the pinned one is missing from the install.

const wantedMajor = 24;

export function nodeVersionProblem(version: string): string | undefined {
  if (version.startsWith(`v${wantedMajor}.`)) return undefined;
  return (
    `perdure needs Node ${wantedMajor}, this is ${version}. Linux x64 and arm64 get it from ` +
    '`npm ci` when started by `npm start` or `npm run`; elsewhere install it with a version manager.'
  );
}

export function requireNodeVersion(): void {
  const problem = nodeVersionProblem(process.version);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}
