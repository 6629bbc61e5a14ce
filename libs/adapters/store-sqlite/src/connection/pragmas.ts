// Pragmas of the user (`--sqlite-pragma name=value`). Only known names, only plain values, and nothing that would take
// back what the store promises.

const journalModes = ['wal'];
/** OFF would let a crash of the machine corrupt the file. */
const synchronousModes = ['normal', 'full', 'extra', '1', '2', '3'];

/** Allowed names; a list limits the values. */
const known: Readonly<Record<string, readonly string[] | 'any'>> = {
  analysis_limit: 'any',
  automatic_index: 'any',
  busy_timeout: 'any',
  cache_size: 'any',
  cache_spill: 'any',
  cell_size_check: 'any',
  checkpoint_fullfsync: 'any',
  fullfsync: 'any',
  hard_heap_limit: 'any',
  journal_mode: journalModes,
  journal_size_limit: 'any',
  max_page_count: 'any',
  mmap_size: 'any',
  secure_delete: 'any',
  soft_heap_limit: 'any',
  synchronous: synchronousModes,
  temp_store: 'any',
  threads: 'any',
  wal_autocheckpoint: 'any',
};

/** The statements to run, or a throw that says what is wrong and what is allowed. */
export function pragmaStatements(pragmas: Readonly<Record<string, string>>): string[] {
  return Object.entries(pragmas).map(([name, value]) => {
    const allowed = Object.hasOwn(known, name.toLowerCase())
      ? known[name.toLowerCase()]
      : undefined;
    if (allowed === undefined) {
      throw new TypeError(
        `SQLite pragma ${JSON.stringify(name)} is not supported; supported are ${Object.keys(known).join(', ')}`,
      );
    }
    if (!/^-?\w+$/.test(value)) {
      throw new TypeError(
        `SQLite pragma ${name}: ${JSON.stringify(value)} is not a word or number`,
      );
    }
    if (allowed !== 'any' && !allowed.includes(value.toLowerCase())) {
      throw new TypeError(
        `SQLite pragma ${name}=${value} is refused: the store would lose what it promises; allowed are ${allowed.join(', ')}`,
      );
    }
    return `PRAGMA ${name.toLowerCase()}=${value}`;
  });
}
