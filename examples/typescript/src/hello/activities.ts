// What a workflow may not do itself: anything with an effect outside.

export async function composeGreeting(name: string): Promise<string> {
  return `Hello, ${name}!`;
}
