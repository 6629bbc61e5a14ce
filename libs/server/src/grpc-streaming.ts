// Methods with many messages, as health and reflection have them: no word of what carries them.

/** The server's side of such a call. */
export interface StreamingCall {
  send(message: Uint8Array): void;
  /** Ends it: with OK, or with a code and a message. */
  end(code?: number, message?: string): void;
}

/** What the method does with what the client says. */
export interface StreamingReceiver {
  message(bytes: Buffer): void;
  /** The client has nothing more to say. */
  ended(): void;
  /** The client has gone. */
  cancelled(): void;
}

export interface StreamingMethod {
  /** `/service/method` */
  readonly path: string;
  open(call: StreamingCall): StreamingReceiver;
}
