// The words of a filter: literals with their quotes, names, numbers, signs.

/** Sticky, and linear in the length of the query. */
const token =
  /\s*(?:("(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*')|(`[^`]*`|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(<=|>=|!=|<>|[^\s\w"'`]|["'`]))/sy;

export interface Tokens {
  /** The next token, which stays. */
  peek(): string | undefined;
  next(): string | undefined;
}

/** Names come without their backticks. Lazy: the first token that is refused is the last one looked for. */
export function tokensOf(query: string): Tokens {
  let at = 0;
  let ahead: string | null = null;
  const read = (): string => {
    token.lastIndex = at;
    const match = token.exec(query);
    if (match === null) return '';
    at = token.lastIndex;
    return match[0].trim().replace(/^`(.+)`$/s, '$1');
  };
  const peek = (): string | undefined => {
    ahead ??= read();
    return ahead === '' ? undefined : ahead;
  };
  return {
    peek,
    next() {
      const taken = peek();
      ahead = null;
      return taken;
    },
  };
}

/** Whether the token is that keyword, in any case. */
export const isKeyword = (token: string | undefined, word: string): boolean =>
  token?.toUpperCase() === word;

/** What a quoted string means; undefined for anything else. */
export function stringOf(token: string): string | undefined {
  if (token.length < 2 || !/^["']/.test(token)) return undefined;
  const inside = token.slice(1, -1);
  return inside.replace(/\\(.)|""|''/gs, (pair, escaped?: string) => escaped ?? pair.slice(1));
}

/** A number as it was written; undefined for anything else. */
export function numberOf(token: string): string | undefined {
  return /^-?\d/.test(token) ? token : undefined;
}
