// Jars from Maven Central, kept in the user's cache: fetched once by Maven with a pom of ours, for a part that runs on Java.
//
// J1. A folder of jars is complete or not there: Maven writes beside it, and it is moved into place at the end.
// J2. Of several processes one fetches; the others wait for it (folder-lock.ts).
// J3. Offline first: what Maven's own cache holds needs no network.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFolderLock } from './folder-lock.ts';
import { PartMissing } from './part.ts';

/** A Maven artifact with all that it needs at run time. */
export interface MavenArtifact {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

export interface JarSet {
  /** In the folder's name. */
  readonly name: string;
  readonly version: string;
  readonly artifacts: readonly MavenArtifact[];
}

const run = promisify(execFile);
const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const fetchMs = 540_000;
const offlineMs = 120_000;

/** Where parts keep what every run can use. */
export function partsCache(): string {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  return join(given === '' ? join(homedir(), '.cache') : given, 'perdure', 'parts');
}

/** The folder that holds the jars. Throws PartMissing without Maven, or without a way to Maven Central. */
export async function mavenJars(set: JarSet): Promise<string> {
  const pom = pomOf(set);
  const hash = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  const folder = join(partsCache(), `${set.name}-${set.version}-${hash}`);
  if (existsSync(folder)) return folder;
  mkdirSync(partsCache(), { recursive: true });
  await withFolderLock(`${folder}.lock`, fetchMs + offlineMs, async () => {
    if (existsSync(folder)) return;
    const beside = `${folder}.part`;
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside);
    const pomFile = `${folder}.pom.xml`;
    writeFileSync(pomFile, pom);
    await fetchInto(beside, pomFile, set.name);
    renameSync(beside, folder);
  });
  return folder;
}

/** Throws PartMissing unless a Java of that major version or a newer one is on PATH. */
export async function requireJava(major: number): Promise<void> {
  let text: string;
  try {
    text = (await run('java', ['-version'], { timeout: 30_000 })).stderr;
  } catch (cause) {
    throw new PartMissing(`no java on PATH; Java ${major} is needed`, { cause });
  }
  const found = Number(/version "(\d+)/.exec(text)?.[1] ?? 0);
  if (found < major) throw new PartMissing(`Java ${major} is needed, found ${found}`);
}

async function fetchInto(folder: string, pomFile: string, name: string): Promise<void> {
  const args = ['-B', '-ntp', '-f', pomFile, goal, '-DincludeScope=runtime'];
  args.push(`-DoutputDirectory=${folder}`);
  try {
    await run('mvn', ['-o', ...args], { timeout: offlineMs, maxBuffer: 1 << 26 });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new PartMissing(`no mvn on PATH, which fetches the jars of ${name} once`);
    }
  }
  try {
    await run('mvn', args, { timeout: fetchMs, maxBuffer: 1 << 26 });
  } catch (cause) {
    const { stdout } = cause as { stdout?: string };
    const errors = (stdout ?? String(cause)).split('\n').filter((line) => /ERROR/.test(line));
    const why = errors.slice(0, 3).join(' ').slice(0, 500);
    throw new PartMissing(`Maven could not fetch the jars of ${name}: ${why}`, { cause });
  }
}

function pomOf({ name, version, artifacts }: JarSet): string {
  const dependencies = artifacts.map(
    ({ group, artifact, version: of }) =>
      `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version></dependency>`,
  );
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    `  <groupId>perdure.parts</groupId><artifactId>${name}</artifactId><version>${version}</version>`,
    '  <packaging>pom</packaging>',
    '  <dependencies>',
    ...dependencies,
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}
