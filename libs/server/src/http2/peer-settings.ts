// What a peer's SETTINGS frame says (RFC 9113, 6.5), of what matters to a server.

import { ConnectionFault } from './frame-reader.ts';
import { ErrorCode, framePayloadMax, Setting, windowMax } from './frames.ts';

export interface PeerSettings {
  readonly initialWindow: number | null;
  readonly headerTableSize: number | null;
}

const frameSizeMax = 2 ** 24 - 1;
const settingBytes = 6;

/** The last one of each name counts. Throws ConnectionFault. */
export function settingsOf(payload: Buffer): PeerSettings {
  if (payload.length % settingBytes !== 0)
    throw new ConnectionFault(ErrorCode.FrameSize, 'a SETTINGS of no size');
  let initialWindow: number | null = null;
  let headerTableSize: number | null = null;
  for (let at = 0; at < payload.length; at += settingBytes) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case Setting.EnablePush:
        if (value > 1) throw new ConnectionFault(ErrorCode.Protocol, 'ENABLE_PUSH is 0 or 1');
        break;
      case Setting.InitialWindowSize:
        if (value > windowMax)
          throw new ConnectionFault(ErrorCode.FlowControl, 'INITIAL_WINDOW_SIZE is too large');
        initialWindow = value;
        break;
      case Setting.MaxFrameSize:
        if (value < framePayloadMax || value > frameSizeMax)
          throw new ConnectionFault(ErrorCode.Protocol, 'MAX_FRAME_SIZE is out of range');
        break;
      case Setting.HeaderTableSize:
        // The least that was said: the peer has thrown fields out, even if there is room again.
        headerTableSize = Math.min(value, headerTableSize ?? value);
        break;
    }
  }
  return { initialWindow, headerTableSize };
}
