// The largest message, refused in the words that clients look for.
//
// SDKs recognise "grpc: received message larger than max" (Go's words) and then give up instead of trying again
// (wire-contract 11.1).

/** What a Go server takes, and so what clients are made for. */
export const messageBytesMax = 4 * 1024 * 1024;

export function tooLargeText(size: string): string {
  return `grpc: received message larger than max (${size} vs. ${messageBytesMax})`;
}
