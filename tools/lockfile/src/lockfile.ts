// The optional packages of other platforms, which a lockfile must name too.
//
// npm 11.16 and later leave out an optional package that the registry does not offer, as a mirror
// may do for platforms that nobody there uses, and then `npm ci` refuses the lockfile it wrote
// (https://github.com/npm/cli/issues/9846). What is left out is added here with version and
// platform but without a hash, which an install from a full registry fills in. To go when that is
// mended.

export type LockedPackage = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

export type Lockfile = { readonly packages: Readonly<Record<string, LockedPackage>> };

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

/** The entries that the lockfile lacks, by their place in it. */
export function missingEntries(lockfile: Lockfile): Record<string, LockedPackage> {
  const missing: Record<string, LockedPackage> = {};
  for (const [place, locked] of Object.entries(lockfile.packages)) {
    for (const [name, range] of Object.entries(locked.optionalDependencies ?? {})) {
      if (resolves(lockfile, place, name)) continue;
      const at = `node_modules/${name}`;
      missing[at] = inOrder({
        ...platformOf(name),
        version: range.replace(/^[\^~]/, ''),
        ...(locked.dev === true ? { dev: true } : {}),
        optional: true,
      });
    }
  }
  return missing;
}

export function complete(lockfile: Lockfile): Lockfile {
  const packages = { ...lockfile.packages, ...missingEntries(lockfile) };
  const order = Object.keys(packages).toSorted((a, b) => a.localeCompare(b, 'en'));
  const sorted = Object.fromEntries(order.map((place) => [place, packages[place] ?? {}]));
  return { ...lockfile, packages: sorted };
}

function resolves(lockfile: Lockfile, place: string, name: string): boolean {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (candidate in lockfile.packages) return true;
    if (at === '') return false;
  }
}

/** From names such as `@oxlint/binding-linux-arm64-musl`: the only source there is. */
function platformOf(name: string): LockedPackage {
  if (name === 'fsevents') return { os: ['darwin'] };
  const words = name.split(/[/-]/);
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === undefined ? {} : { os: [os] }),
    ...(os === 'linux' ? { libc: [libc] } : {}),
  };
}

/** npm's own order of keys, so that its next run changes nothing. */
function inOrder({ version, ...rest }: LockedPackage): LockedPackage {
  const sorted = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...(version === undefined ? {} : { version }), ...Object.fromEntries(sorted) };
}
