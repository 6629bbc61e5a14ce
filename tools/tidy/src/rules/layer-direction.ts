// Imports point one way (../layers.ts). Checked on what a package declares and on what its files
// import, type-only imports and relative paths too; only compositions name an adapter.

import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { importsOf } from '../imports.ts';
import {
  composition,
  type Layer,
  layers,
  sharedFolders,
  testPeers,
  threadEdges,
} from '../layers.ts';
import { isTest, isTypeScript, owner, type Package, type Repository } from '../repository.ts';
import type { Finding, Rule } from '../rule.ts';

export const layerDirection: Rule = {
  name: 'layer-direction',
  check: (repository) => [...checkManifests(repository), ...checkImports(repository)],
};

function checkManifests(repository: Repository): Finding[] {
  const findings: Finding[] = [];
  for (const from of repository.packages) {
    if (from.folder === '') continue;
    const path = `${from.folder}/package.json`;
    const layer = layerOf(from);
    if (layer === undefined) {
      findings.push({ path, line: 1, message: `needs an nx tag "layer:..." of the known layers` });
      continue;
    }
    for (const name of from.dependencies) {
      if (testPeers.includes(name)) continue;
      const problem = dependencyProblem(repository, from, layer, name);
      if (problem !== undefined) findings.push({ path, line: 1, message: problem });
    }
  }
  return findings;
}

function checkImports(repository: Repository): Finding[] {
  const findings: Finding[] = [];
  for (const file of repository.files.filter(isTypeScript)) {
    const from = owner(repository, file.path);
    if (from === undefined || from.folder === '') continue;
    for (const { specifier, line } of importsOf(file.text)) {
      const message = importProblem(repository, from, file.path, specifier);
      if (message !== undefined) findings.push({ path: file.path, line, message });
    }
  }
  return findings;
}

function importProblem(
  repository: Repository,
  from: Package,
  path: string,
  specifier: string,
): string | undefined {
  if (specifier.startsWith('.')) return relativeProblem(repository, from, path, specifier);
  const layer = layerOf(from);
  if (layer === undefined || isTest(path)) return undefined;
  if (isBuiltin(specifier)) {
    if (allows(layer.node, specifier)) return undefined;
    return `${from.layer} may not import ${specifier}`;
  }
  const name = packageName(specifier);
  if (name === from.name) return undefined;
  const problem = dependencyProblem(repository, from, layer, name);
  if (problem !== undefined) return problem;
  const target = repository.packages.find((candidate) => candidate.name === name);
  const composes = from.layer === 'server' || from.layer === 'adapter';
  if (composes && target?.layer === 'adapter' && !composition.test(path)) {
    return `only *.main.ts and *.thread.ts name an adapter, here ${name}`;
  }
  if (layer.imports !== 'any' && !from.dependencies.includes(name)) {
    return `imports ${name}, which its package.json does not declare`;
  }
  return undefined;
}

function relativeProblem(
  repository: Repository,
  from: Package,
  path: string,
  specifier: string,
): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (owner(repository, target)?.folder === from.folder) return undefined;
  const shared = sharedFolders[from.layer ?? ''] ?? [];
  if (shared.some((folder) => target.startsWith(folder))) return undefined;
  return `${specifier} leaves the package: import the other one by name`;
}

function dependencyProblem(
  repository: Repository,
  from: Package,
  layer: Layer,
  name: string,
): string | undefined {
  const target = repository.packages.find((candidate) => candidate.name === name);
  if (target === undefined) {
    return allows(layer.external, name) ? undefined : `${from.layer} may not import ${name}`;
  }
  if (target.layer !== undefined && allows(layer.imports, target.layer)) return undefined;
  if (threadEdges[from.name]?.includes(name)) return undefined;
  return `${from.layer} may not import ${name} (${target.layer ?? 'no layer'})`;
}

function layerOf(from: Package): Layer | undefined {
  return from.layer === undefined ? undefined : layers[from.layer];
}

function allows(allowed: readonly string[] | 'any', name: string): boolean {
  return allowed === 'any' || allowed.includes(name);
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
