import { expect, test } from 'vitest';
import type { GlobalValues } from '../flags/global.ts';
import { globalFlags } from '../flags/global.ts';
import { parseFlags } from '../parse/flags.ts';
import { paintOutcome, shownWidth } from './color.ts';
import { Output } from './output.ts';

function outputTo(lines: string[], line: string, isTerminal = false, environment = {}): Output {
  const { values } = parseFlags(line.split(' ').filter(Boolean), globalFlags, {});
  const sink = { write: (text: string) => void lines.push(text), isTerminal };
  return new Output(values as unknown as GlobalValues, sink, environment);
}

function written(line: string, write: (output: Output) => void): string {
  const lines: string[] = [];
  write(outputTo(lines, line));
  return lines.join('');
}

test('Output.table aligns its columns, Output.card its values', () => {
  const table = written('', (output) =>
    output.table(
      [{ title: 'Id' }, { title: 'Type' }],
      [
        ['order-7', 'Order'],
        ['x', 'Hello'],
      ],
    ),
  );
  expect(table).toBe('  Id       Type\n  order-7  Order\n  x        Hello\n');
  const card = written('', (output) =>
    output.card([
      ['Status', 'Running'],
      ['Memo', ''],
      ['RunId', 'r'],
    ]),
  );
  expect(card).toBe('  Status  Running\n  RunId   r\n');
});

test.each(['json', 'jsonl', 'none'])('Output in %s writes no text', (form) => {
  expect(
    written(`-o ${form}`, (output) => {
      output.heading('Results:');
      output.card([['a', 'b']]);
      output.table([{ title: 'a' }], [['b']]);
    }),
  ).toBe('');
});

test.each([0, 1, 3])('a list of %i items in JSON is one array', (count) => {
  const items = Array.from({ length: count }, (_, id) => ({ id, nested: { list: [1, 2] } }));
  const text = written('-o json', (output) => {
    for (const item of items) output.item(item);
    output.endList();
  });
  expect(JSON.parse(text)).toEqual(items);
});

test('a list in JSON lines is one line for each item', () => {
  const text = written('-o jsonl', (output) => {
    output.item({ id: 1 });
    output.item({ id: 2 });
    output.endList();
  });
  expect(text).toBe('{"id":1}\n{"id":2}\n');
});

test('Output writes nothing as JSON in text and none', () => {
  for (const form of ['text', 'none']) {
    const text = written(`-o ${form}`, (output) => {
      output.json({});
      output.item({});
      output.endList();
    });
    expect(text).toBe('');
  }
});

test('Output paints a terminal only, unless told otherwise', () => {
  const painted = (line: string, isTerminal: boolean, environment = {}): boolean => {
    const lines: string[] = [];
    outputTo(lines, line, isTerminal, environment).heading('x');
    return lines.join('').includes('\u001b[');
  };
  expect(painted('', true)).toBe(true);
  expect(painted('', false)).toBe(false);
  expect(painted('', true, { NO_COLOR: '1' })).toBe(false);
  expect(painted('--color always', false)).toBe(true);
  expect(painted('--color never', true)).toBe(false);
});

test('colours take no room, and statuses have the official ones', () => {
  const lines: string[] = [];
  const { paint } = outputTo(lines, '--color always');
  expect(shownWidth(paint.red('abc'))).toBe(3);
  expect(paintOutcome('ActivityTaskFailed', paint)).toBe(paint.red('ActivityTaskFailed'));
  expect(paintOutcome('TIMEOUT', paint)).toBe(paint.yellow('TIMEOUT'));
  expect(paintOutcome('Completed', paint)).toBe(paint.green('Completed'));
  expect(paintOutcome('ActivityTaskCompleted', paint)).toBe('ActivityTaskCompleted');
  expect(paintOutcome('Running', paint)).toBe(paint.blue('Running'));
  expect(paintOutcome('Terminated', paint)).toBe(paint.magenta('Terminated'));
});
