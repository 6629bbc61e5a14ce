// `hello` as it was before its bug was fixed.

export async function hello(name: string): Promise<string> {
  const greeting = undefined as unknown as { of(who: string): string };
  return greeting.of(name);
}
