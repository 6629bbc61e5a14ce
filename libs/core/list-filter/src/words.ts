// The words of an attribute of type Text: what it is found by.

/** Runs of letters and digits, in small letters, each once. */
export function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)];
}
