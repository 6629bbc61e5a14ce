// The tree as the rules see it: every text file of the project, and the workspace packages with
// their layer. A fixture is read in the same way, as a small repository of its own.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type SourceFile = { readonly path: string; readonly text: string };

export type Manifest = {
  readonly name: string;
  readonly layer: string | undefined;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
};

export type Package = Manifest & { readonly folder: string };

export type Repository = {
  readonly files: readonly SourceFile[];
  /** Every file, also those that are not text. */
  readonly paths: ReadonlySet<string>;
  readonly packages: readonly Package[];
  readonly nodeVersion: string;
};

const foldersOff = new Set([
  '.git',
  '.nx',
  '.perdure',
  '.vitest',
  '__pycache__',
  'coverage',
  'node_modules',
]);
const textFile =
  /(\.(ts|js|mjs|cjs|json|md|sh|py|yml|yaml|toml|proto)|\/run|\/bin\/[^.]+|\.npmrc|\.node-version)$/;

export function readRepository(
  root: string,
  options: { readonly nodeVersion: string; readonly ignored?: readonly string[] },
): Repository {
  const paths: string[] = [];
  walk(root, '', options.ignored ?? [], paths);
  const files = paths
    .filter((path) => textFile.test(`/${path}`))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const packages = files.filter((file) => file.path.endsWith('package.json')).map(packageOf);
  return { files, paths: new Set(paths), packages, nodeVersion: options.nodeVersion };
}

/** The package a file belongs to: the one with the longest folder above it. */
export function owner(repository: Repository, path: string): Package | undefined {
  let found: Package | undefined;
  for (const candidate of repository.packages) {
    const inside = candidate.folder === '' || path.startsWith(`${candidate.folder}/`);
    if (inside && (found === undefined || candidate.folder.length > found.folder.length)) {
      found = candidate;
    }
  }
  return found;
}

export function isTypeScript(file: SourceFile): boolean {
  return file.path.endsWith('.ts');
}

/** Tests and contract suites: they may reach further than the code beside them. */
export function isTest(path: string): boolean {
  return /\.(test|contract)\.ts$|\/fixtures\//.test(path);
}

function walk(root: string, folder: string, ignored: readonly string[], paths: string[]): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (foldersOff.has(entry.name) || ignored.includes(path)) continue;
    if (entry.isDirectory()) walk(root, path, ignored, paths);
    else if (entry.isFile()) paths.push(path);
  }
}

type PackageJson = {
  readonly name?: string;
  readonly nx?: { readonly tags?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

function packageOf(file: SourceFile): Package {
  const json = JSON.parse(file.text) as PackageJson;
  const tag = json.nx?.tags?.find((candidate) => candidate.startsWith('layer:'));
  return {
    name: json.name ?? file.path,
    folder: file.path.slice(0, -'package.json'.length).replace(/\/$/, ''),
    layer: tag?.slice('layer:'.length),
    dependencies: Object.keys({
      ...json.dependencies,
      ...json.optionalDependencies,
      ...json.peerDependencies,
    }),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  };
}
