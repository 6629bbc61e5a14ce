// Bugs in the protocol of a log that many write to: what counts, who owns, what is acknowledged (L1-L7 of the protocols).

import type { ClusterBug } from '../plant.ts';

const claim = 'libs/core/log/src/claim.ts';
const frameClock = 'libs/core/log/src/frame-clock.ts';
const host = 'services/history/src/node/partition-host.ts';
const openTail = 'services/history/src/log/open-tail.ts';
const pump = 'services/history/src/log/log-pump.ts';
const reader = 'libs/core/log/src/log-reader.ts';
const reclaim = 'libs/core/log/src/reclaim.ts';
const recovery = 'services/history/src/owner/recovery.ts';
const selfTakeOver = 'services/history/src/log/self-take-over.ts';
const takeOver = 'services/history/src/log/take-over.ts';
const writer = 'libs/core/log/src/log-writer.ts';

export const clusterLogBugs: readonly ClusterBug[] = [
  {
    name: 'let an Announce count that is not above the epoch in force',
    breaks: 'L1',
    file: reader,
    find: 'if (announce.epoch <= state.epoch) return',
    replace: 'if (announce.epoch < state.epoch) return',
  },
  {
    name: 'let a frame of an older epoch count',
    breaks: 'L1',
    file: reader,
    find: "if (frame.epoch < state.epoch) return 'stale';",
    replace: 'if (frame.epoch < state.epoch) return null;',
  },
  {
    name: 'let a frame count that counted before',
    breaks: 'L1',
    file: reader,
    find: "if (frame.number < state.nextNumber) return 'repeated';",
    replace: '',
  },
  {
    name: 'begin to replay without the nonce of the checkpoint',
    breaks: 'L1',
    file: takeOver,
    find: 'const reader = new LogReader(stateAfter(applied));',
    replace: "const reader = new LogReader({ ...stateAfter(applied), nonce: '' });",
  },
  {
    name: 'apply a transition that follows a gap',
    breaks: 'L2',
    file: recovery,
    find: "if (verdict === 'skip' || (verdict === 'gap' && transition.version < deletedAt)) {",
    replace: "if (verdict === 'skip') {",
    also: [
      {
        file: recovery,
        find: 'return version === held + 1 || deletes ? null : `version ${version} follows version ${held}`;',
        replace:
          'return version + held >= 0 || deletes ? null : `version ${version} follows version ${held}`;',
      },
    ],
  },
  {
    name: 'set a run aside for what was written before its deletion',
    breaks: 'L2',
    file: recovery,
    find: "if (verdict === 'skip' || (verdict === 'gap' && transition.version < deletedAt)) {",
    replace: "if (verdict === 'skip') {",
  },
  {
    name: 'apply at a take-over what the store has already',
    breaks: 'L2',
    file: recovery,
    find: "if (verdict === 'skip' || (verdict",
    replace: 'if ((verdict',
  },
  {
    name: 'take the time of the process for the clock of the log',
    breaks: 'L3',
    file: frameClock,
    find: 'return Math.max(nowUs, lastClock + 1);',
    replace: 'return lastClock === 0 ? nowUs + 1 : nowUs;',
  },
  {
    name: 'begin below the clocks that were replayed',
    breaks: 'L3',
    file: openTail,
    find: 'const writer = new LogWriter<Group>(state, announceOffset,',
    replace: 'const writer = new LogWriter<Group>({ ...state, clock: 0 }, announceOffset,',
  },
  {
    name: 'serve although the Announce does not count',
    breaks: 'L4',
    file: takeOver,
    find: 'if (announcedAt !== null && state.nonce === nonce && state.epoch === announce.epoch) {',
    replace: 'if (announcedAt !== null) {',
  },
  {
    name: 'serve under an epoch that somebody else announced first',
    breaks: 'L4',
    file: takeOver,
    find: 'if (announcedAt !== null && state.nonce === nonce && state.epoch === announce.epoch) {',
    replace: 'if (announcedAt !== null && state.epoch === announce.epoch) {',
  },
  {
    name: 'claim with the epoch that was tried before',
    breaks: 'L4',
    file: claim,
    find: 'Math.max(atEnd.epoch, lastTried) + 1',
    replace: 'atEnd.epoch + 1',
  },
  {
    name: 'give up when fenced although still named',
    breaks: 'L4',
    file: host,
    find: 'this.#end(byEpoch);\n    this.#beginLater(claimAgainUs);',
    replace: 'this.#end(byEpoch);',
  },
  {
    name: 'suspect for ever',
    breaks: 'L4',
    file: host,
    find: 'if (byEpoch !== null) this.#suspects = false;',
    replace: '',
  },
  {
    name: 'acknowledge a frame wherever it landed',
    breaks: 'L5',
    file: writer,
    find: 'if (baseOffset - this.#nextOffset !== between.length) {',
    replace:
      'if (baseOffset > 0) return this.#land(frame, this.#positionAt(frame, baseOffset), baseOffset);\n    if (baseOffset - this.#nextOffset !== between.length) {',
  },
  {
    name: 'acknowledge a frame that landed behind the Announce of another',
    breaks: 'L5',
    file: writer,
    find: "const judged = judgeBetween({ state: this.#state, frame, fromOffset, between, nonces });\n    if (judged.kind === 'broken') return judged;",
    replace:
      "const judged = judgeBetween({ state: this.#state, frame, fromOffset, between, nonces });\n    if (judged.kind === 'fenced') return this.#land(frame, this.#positionAt(frame, baseOffset), baseOffset);\n    if (judged.kind === 'broken') return judged;",
  },
  {
    name: 'expect the next frame where the fenced one landed',
    breaks: 'L5',
    file: pump,
    find: "if (landing.kind === 'fenced') this.#fenced(landing);\n    else if (landing.kind === 'durable') this.#durable(landing);",
    replace: "if (landing.kind === 'durable') this.#durable(landing);",
  },
  {
    name: 'send a frame once more that stands before the own Announce',
    breaks: 'L6',
    file: writer,
    find: 'if (judged.landed !== null) {\n      this.#forget(frame);',
    replace: 'if (judged.landed?.offset === -1) {\n      this.#forget(frame);',
  },
  {
    name: 'take a frame for durable that nobody has found',
    breaks: 'L6',
    file: writer,
    find: "if (judged.landed !== null) {\n      this.#forget(frame);\n      return { kind: 'reclaimed', landed: { frame, position: judged.landed } };",
    replace:
      "if (judged.state.epoch > 0) {\n      this.#forget(frame);\n      const position = judged.landed ?? this.#positionAt(frame, announceOffset);\n      return { kind: 'reclaimed', landed: { frame, position } };",
  },
  {
    name: 'drop a frame that ended without an outcome',
    breaks: 'L6',
    file: writer,
    find: 'if (frame.transitions > 0) this.#again = frame;',
    replace: '',
  },
  {
    name: 'send other bytes under the number of a frame without an outcome',
    breaks: 'L6',
    file: pump,
    find: 'await this.#settle(shared, fault);',
    replace:
      'const again = this.#writer.sameNumber(this.#options.clock.nowUs());\n        this.#unknownSinceUs = null;\n        await shared.pause(20_000);\n        if (this.#fault === null) await this.#send(again);',
    also: [
      {
        file: writer,
        find: 'get inFlight(): SealedFrame<G> | null {',
        replace:
          'sameNumber(nowUs: number): SealedFrame<G> {\n    const frame = this.#inFlight as SealedFrame<G>;\n    this.#sealed -= 1;\n    return this.#send(frame.content, frame, nowUs);\n  }\n\n  get inFlight(): SealedFrame<G> | null {',
      },
    ],
  },
  {
    name: 'send the same frame again under the same epoch',
    breaks: 'L6',
    file: pump,
    find: 'await this.#settle(shared, fault);',
    replace:
      'await shared.pause(20_000);\n        if (this.#fault === null) await this.#send(frame);',
  },
  {
    name: 'go on under the own epoch of before after an append without an outcome',
    breaks: 'L6',
    file: selfTakeOver,
    find: 'shared.tries(announced.epoch);',
    replace: 'announced.epoch = epoch;',
    also: [
      {
        file: reclaim,
        find: 'const judged = judgeBetween({ ...rest, nonces: own.nonces });',
        replace:
          "const judged = judgeBetween({ ...rest, nonces: own.nonces });\n  if (judged.kind !== 'none') return judged;",
      },
    ],
  },
  {
    name: 'replay the log to where it ended before the Announce',
    breaks: 'L7',
    file: takeOver,
    find: 'await readTo(announcedAt === null ? await partition.endOffset() : announcedAt + 1);',
    replace:
      'if (announcedAt !== null) offset = announcedAt;\n    await readTo(announcedAt === null ? await partition.endOffset() : announcedAt + 1);',
  },
  {
    name: 'forget the last transition that was replayed',
    breaks: 'L7',
    file: openTail,
    find: 'return { pump: new LogPump({ ...options, partition, writer, shared }), applied, tail };',
    replace:
      'return { pump: new LogPump({ ...options, partition, writer, shared }), applied, tail: tail.slice(0, -1) };',
  },
];
