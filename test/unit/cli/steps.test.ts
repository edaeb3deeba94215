import assert from 'node:assert/strict';
import { stepsOn } from '../../../src/cli/steps.ts';

function stream(isTTY: boolean, columns: number) {
  const written: string[] = [];
  return { written, isTTY, columns, write: (text: string) => written.push(text) > 0 };
}

describe('long steps in a terminal', () => {
  it('stand each on a line of its own that fits the terminal', () => {
    const terminal = stream(true, 40);
    const display = stepsOn(terminal);
    display.step('Downloading a very large archive of something');
    display.detail('from somewhere');
    display.step('Unpacking');
    display.end();
    // What a terminal shows in the end: what follows the last clearing of each line.
    const lines = terminal.written
      .join('')
      .split('\n')
      .map((line) => line.split('\r\u001b[2K').at(-1)!);
    assert.match(lines[0]!, /^Downloading a very large archive/);
    assert.match(lines[1]!, /^Unpacking … \d/);
    assert.equal(lines.length, 3);
    assert.equal(lines[2], '');
    assert.ok(lines.every((line) => line.length < 40));
  });

  it('are plain lines without detail where there is no terminal', () => {
    const file = stream(false, 0);
    const display = stepsOn(file);
    display.step('Downloading');
    display.detail('10 %');
    display.step('Unpacking');
    display.end();
    assert.deepEqual(file.written, ['Downloading …\n', 'Unpacking …\n']);
  });
});
