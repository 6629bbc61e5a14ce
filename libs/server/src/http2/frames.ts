// HTTP/2 frames as bytes (RFC 9113, sections 4 and 6): numbers and writers. Reading is the connection's.

export const FrameType = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  RstStream: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  GoAway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const;

export const Flag = { EndStream: 1, Ack: 1, EndHeaders: 4, Padded: 8, Priority: 0x20 } as const;

export const ErrorCode = {
  None: 0,
  Protocol: 1,
  Internal: 2,
  FlowControl: 3,
  StreamClosed: 5,
  FrameSize: 6,
  RefusedStream: 7,
  Cancel: 8,
  Compression: 9,
  EnhanceYourCalm: 11,
} as const;

export const Setting = {
  HeaderTableSize: 1,
  EnablePush: 2,
  MaxConcurrentStreams: 3,
  InitialWindowSize: 4,
  MaxFrameSize: 5,
  MaxHeaderListSize: 6,
} as const;

/** What a client says first. */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const frameHeaderBytes = 9;
/** Longest payload of a frame unless told otherwise; neither side may be made to take more. */
export const framePayloadMax = 16_384;
export const windowMax = 2 ** 31 - 1;
/** Window of a connection or stream unless told otherwise. */
export const defaultWindow = 65_535;

/** Writes the first nine bytes of a frame; answers where its payload begins. */
export function putFrameHeader(
  to: Buffer,
  at: number,
  frame: {
    readonly length: number;
    readonly type: number;
    readonly flags: number;
    readonly stream: number;
  },
): number {
  const { length, stream } = frame;
  to[at] = length >> 16;
  to[at + 1] = length >> 8;
  to[at + 2] = length;
  to[at + 3] = frame.type;
  to[at + 4] = frame.flags;
  to[at + 5] = stream >> 24;
  to[at + 6] = stream >> 16;
  to[at + 7] = stream >> 8;
  to[at + 8] = stream;
  return at + frameHeaderBytes;
}

export function frameOf(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length);
  frame.set(payload, putFrameHeader(frame, 0, { length: payload.length, type, flags, stream }));
  return frame;
}

export function settingsFrame(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.allocUnsafe(6 * settings.length);
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  }
  return frameOf(FrameType.Settings, 0, 0, payload);
}

export function rstStreamFrame(stream: number, code: number): Buffer {
  return frameOf(FrameType.RstStream, 0, stream, uint32(code));
}

export function windowUpdateFrame(stream: number, increment: number): Buffer {
  return frameOf(FrameType.WindowUpdate, 0, stream, uint32(increment));
}

export function goAwayFrame(lastStream: number, code: number, text: string): Buffer {
  const payload = Buffer.concat([uint32(lastStream), uint32(code), Buffer.from(text, 'latin1')]);
  return frameOf(FrameType.GoAway, 0, 0, payload);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** By type: whether the frame belongs to a stream. Of the types that are not here it may or may not. */
export const streamFrames: ReadonlyMap<number, boolean> = new Map<number, boolean>([
  [FrameType.Data, true],
  [FrameType.Headers, true],
  [FrameType.Priority, true],
  [FrameType.RstStream, true],
  [FrameType.Continuation, true],
  [FrameType.Settings, false],
  [FrameType.Ping, false],
  [FrameType.GoAway, false],
]);
