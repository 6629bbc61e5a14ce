// Messages between two runs, one step at a time: what is sent, what arrives, what is answered and what is let go (X1-X3).

import { noBytes, usPerSecond } from '@perdure/kernel';
import { describe, expect, test } from 'vitest';
import { deleteRun } from '../delete/delete-run.ts';
import type { Transition } from '../draft.ts';
import { Draft } from '../draft.ts';
import {
  decodeBody,
  decodeSnapshot,
  decodeWorkflowBody,
  decodeWorkflowState,
  encodeBody,
  encodeSnapshot,
  encodeWorkflowBody,
  encodeWorkflowState,
} from '../encoding.ts';
import { ownBytes } from '../own-bytes.ts';
import { mayFollow, outboxEdges } from '../phases.ts';
import { nextOf, Play, run } from '../play.fixture.ts';
import type { ExecutionState } from '../state.ts';
import {
  AnswerCode,
  decodeAnswer,
  isPositive,
  laneOf,
  type Message,
  type MessageAnswer,
  OutboxPhase,
} from './message.ts';
import { recordAnswer, recordReleased } from './outbox.ts';
import { ProbeEvent, sendProbes } from './probe.ts';
import { answeredDelta, receiveMessage } from './receive.ts';
import { sendMessage } from './send.ts';

const target = { namespaceId: 'namespace', workflowId: 'target', runId: '' };
const done: MessageAnswer = { code: AnswerCode.Done, runId: 'there', body: noBytes };

function send(play: Play, ...texts: string[]): string[] {
  const to = texts.map((text) => ({ target, text }));
  return play.must(sendProbes(play.state, { to, ...play.moment }));
}

function answer(play: Play, id: string, given = done): boolean {
  const transition = recordAnswer(play.state, { id, answer: given, ...play.moment });
  if (transition !== null) play.commit(transition);
  return transition !== null;
}

function release(play: Play, ...ids: string[]): boolean {
  const transition = recordReleased(play.state, { ids, ...play.moment });
  if (transition !== null) play.commit(transition);
  return transition !== null;
}

function messageOf(play: Play, id: string): Message {
  const message = play.state.outbox.get(id);
  if (message === undefined) throw new Error(`${id} is not in the outbox`);
  return message;
}

const phases = ({ outbox }: ExecutionState): (string | number)[][] =>
  [...outbox.values()].map(({ id, phase }) => [id, phase]);

describe('the sender', () => {
  test('X1: a message has its kind, the run that sends it and a number in its id', () => {
    const play = new Play();
    expect(send(play, 'a', 'b')).toEqual(['probe:run:2.0', 'probe:run:2.1']);
    expect(send(play, 'c')).toEqual(['probe:run:3.0']);
    expect(messageOf(play, 'probe:run:2.1')).toMatchObject({
      ...target,
      kind: 'probe',
      version: 2,
    });
  });

  test('an answer is recorded once, in a phase of its own, and the message loses its body', () => {
    const play = new Play();
    const [first = '', second = ''] = send(play, 'a', 'b');
    const { version } = play.state.progress;
    expect(answer(play, second)).toBe(true);
    expect(phases(play.state)).toEqual([
      [first, OutboxPhase.Unanswered],
      [second, OutboxPhase.Releasing],
    ]);
    expect(messageOf(play, second)).toMatchObject({ body: noBytes, version: version + 1 });
    expect(answer(play, second, { ...done, code: AnswerCode.NotFound })).toBe(false);
    expect(answer(play, 'probe:run:99.0')).toBe(false);
    expect(play.state.probes.at(-1)).toMatchObject({ messageId: second, code: AnswerCode.Done });
    expect(play.state.probes.filter(({ what }) => what === ProbeEvent.Answered)).toHaveLength(1);
  });

  test('X3: it leaves when it is released, and not before it is answered', () => {
    const play = new Play();
    const [first = '', second = ''] = send(play, 'a', 'b');
    expect(release(play, first)).toBe(false);
    answer(play, second);
    expect(release(play, first, second)).toBe(true);
    expect(release(play, second)).toBe(false);
    expect(phases(play.state)).toEqual([[first, OutboxPhase.Unanswered]]);
  });

  test('B2: a closed run goes on with its messages and with nothing else', () => {
    const play = new Play();
    const [id = ''] = send(play, 'a');
    play.terminate('done');
    const ended = play.state.progress;
    expect(send.bind(null, play, 'b')).toThrow('already completed');
    expect(() => deleteRun(play.state, play.nowUs)).toThrow('X3');
    play.nowUs += usPerSecond;
    answer(play, id);
    expect(() => deleteRun(play.state, play.nowUs)).toThrow('X3');
    release(play, id);
    const { clockUs, version, ...rest } = play.state.progress;
    expect(rest).toEqual({ ...ended, clockUs: undefined, version: undefined });
    expect(version).toBe(ended.version + 2);
    expect(clockUs).toBe(play.nowUs);
    expect(deleteRun(play.state, play.nowUs).body.deletes).toBe(true);
  });

  test('a run that goes on in a next one keeps its messages: their ids name it', () => {
    const play = new Play({ retryPolicy: {}, workflowRunTimeout: { seconds: 5 } });
    const [id = ''] = send(play, 'a');
    play.pass(6);
    expect(nextOf(play).state.outbox.size).toBe(0);
    expect(answer(play, id)).toBe(true);
  });

  test('a message is sent once, and each step of it stands in the table', () => {
    const play = new Play();
    const draft = new Draft(play.state, play.moment);
    const message = { kind: 'probe', index: 1, target, body: noBytes };
    sendMessage(draft, message);
    expect(() => sendMessage(draft, message)).toThrow('G1');
    const all = [undefined, ...Object.values(OutboxPhase)];
    expect(Object.keys(outboxEdges).map(Number)).toEqual([0, ...Object.values(OutboxPhase)]);
    for (const from of all) {
      for (const to of all) {
        const state = new Play().state;
        const other = { ...messageIn(state, draft), id: 'other' };
        if (from !== undefined) state.outbox.set('other', { ...other, phase: from });
        const step = (): void => {
          const next = new Draft(state, play.moment);
          if (to === undefined) next.removeMessage('other');
          else next.setMessage({ ...other, phase: to });
        };
        if (mayFollow(outboxEdges, from, to)) step();
        else expect(step).toThrow('F4');
      }
    }
  });

  test('lanes part by workflow id, not by run', () => {
    expect(laneOf(target)).toBe(laneOf({ ...target, runId: 'some' }));
    expect(laneOf(target)).not.toBe(laneOf({ ...target, workflowId: 'other' }));
    expect(laneOf(target)).not.toBe(laneOf({ ...target, namespaceId: 'other' }));
  });
});

function messageIn(state: ExecutionState, draft: Draft) {
  const message = draft.outbox.get(`probe:${state.run.runId}:1`);
  if (message === undefined) throw new Error('nothing was sent');
  return message;
}

describe('the receiver', () => {
  const sender = new Play();
  const [id = ''] = send(sender, 'hello');
  const message = messageOf(sender, id);

  test('takes a message, its answer and its key in one transition', () => {
    const play = new Play();
    const reception = receiveMessage(play.state, message, play.moment);
    if (reception.kind !== 'taken') throw new Error(reception.kind);
    expect(reception.answer).toMatchObject({ code: AnswerCode.Done, runId: 'run' });
    expect(isPositive(reception.answer)).toBe(true);
    const [key] = reception.transition.body.workflow?.keys ?? [];
    expect(key).toMatchObject({ key: `message:${id}`, runId: 'run', expiresAtUs: 0 });
    expect(decodeAnswer(key?.answer ?? noBytes)).toEqual(reception.answer);
    play.commit(reception.transition);
    expect(play.state.probes).toEqual([
      { messageId: id, what: ProbeEvent.Received, text: 'hello', code: 0 },
    ]);
  });

  test('says definitely that there is no run, or that it has closed, and changes none', () => {
    const play = new Play();
    play.terminate('done');
    for (const [state, code] of [
      [null, AnswerCode.NotFound],
      [play.state, AnswerCode.Closed],
    ] as const) {
      const reception = receiveMessage(state, message, play.moment);
      const given = { code, runId: '', body: noBytes };
      expect(reception).toEqual({ kind: 'refused', answer: given });
      expect(isPositive(given)).toBe(false);
    }
  });

  test('has no answer to a message that it does not know: the sender comes again', () => {
    const play = new Play();
    const reception = receiveMessage(play.state, { ...message, kind: 'newer' }, play.moment);
    expect(reception).toMatchObject({ kind: 'notNow', rejection: { code: 'UNIMPLEMENTED' } });
  });

  test('that outgrows its limits by a message is terminated, and has not taken it', () => {
    const play = new Play();
    play.limits = { ...play.limits, stateBytesMax: play.state.bytes + 10 };
    const reception = receiveMessage(play.state, message, play.moment);
    if (reception.kind !== 'notNow' || reception.transition === null) throw new Error('taken');
    expect(reception.transition.body.workflow).toBeNull();
    play.commit(reception.transition);
    expect(play.state.probes).toEqual([]);
    expect(receiveMessage(play.state, message, play.moment)).toMatchObject({
      kind: 'refused',
      answer: { code: AnswerCode.Closed },
    });
  });
});

describe('what is logged and stored', () => {
  const formatOf = (bytes: Uint8Array): number | undefined => bytes[1];

  test('a state with messages comes back whole, in their order', () => {
    const play = new Play();
    const [first = ''] = send(play, 'a', 'b', 'c');
    answer(play, first);
    const bytes = encodeSnapshot(play.state);
    const read = decodeSnapshot(run, bytes);
    expect(read).toEqual(play.state);
    expect([...read.outbox.keys()]).toEqual([...play.state.outbox.keys()]);
    expect(encodeSnapshot(read)).toEqual(bytes);
    ownBytes(read);
    for (const { body } of read.outbox.values()) expect(body.buffer.byteLength).toBe(body.length);
    expect(encodeSnapshot(read)).toEqual(bytes);
  });

  test('an older server refuses what says something of messages, and reads the rest', () => {
    const plain = new Play();
    expect(formatOf(encodeSnapshot(plain.state))).toBe(1);
    expect(formatOf(encodeBody((plain.transitions[0] as Transition).body))).toBe(1);
    expect(formatOf(encodeWorkflowState('run', []))).toBe(1);
    const play = new Play();
    const [id = ''] = send(play, 'a');
    answer(play, id);
    expect(formatOf(encodeSnapshot(play.state))).toBe(3);
    release(play, id);
    const formats = play.transitions.map(({ body }) => formatOf(encodeBody(body)));
    expect(formats).toEqual([1, 3, 3, 3]);
    const { keys } = answeredDelta(id, done);
    expect(formatOf(encodeWorkflowState('run', keys))).toBe(3);
    expect(decodeWorkflowState(encodeWorkflowState('run', keys)).keys).toEqual(keys);
  });

  test('a change of the workflow id alone has a body without a run', () => {
    const delta = answeredDelta('probe:run:1', done);
    const bytes = encodeWorkflowBody(delta);
    expect(formatOf(bytes)).toBe(3);
    expect(decodeWorkflowBody(bytes)).toEqual(delta);
    expect(() => decodeBody(bytes)).toThrow('a delta holds the progress of its run');
    const ofRun = encodeBody((new Play().transitions[0] as Transition).body);
    expect(decodeWorkflowBody(ofRun).makesCurrent).toBe(true);
  });

  test('messages count in the size of the state until they are gone, bodies until the answer', () => {
    const play = new Play();
    const before = play.state.bytes;
    const [id = ''] = send(play, 'x'.repeat(50));
    const { body } = messageOf(play, id);
    const sent = play.state.bytes;
    answer(play, id);
    const answered = { messageId: id, text: '' };
    const probe = 100 + answered.messageId.length;
    expect(play.state.bytes).toBe(sent - body.length + probe);
    release(play, id);
    const left = play.state.probes.reduce(
      (sum, { messageId, text }) => sum + 100 + messageId.length + text.length,
      0,
    );
    expect(play.state.bytes).toBe(before + left);
  });
});
