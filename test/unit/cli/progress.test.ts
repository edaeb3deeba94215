import assert from 'node:assert/strict';
import { progressOn } from '../../../src/cli/progress.ts';
import { provisionalRecord } from '../../../src/runtime/runs/provisional-record.ts';
import { applyEvents, createRunState, type RunState } from '../../../src/runtime/runs/state.ts';

/** A run of four trials of which so many have ended. */
function stateWith(ended: number): RunState {
  const state = createRunState({ ...provisionalRecord('/nowhere/run'), arms: ['a', 'b'], seeds: [0, 1] });
  const trials = ['a#0', 'b#0', 'a#1', 'b#1'].slice(0, ended);
  applyEvents(state, [
    { at: Date.now() - 10_000, type: 'started', pid: 1 },
    ...trials.flatMap((trial) => [
      { at: Date.now(), type: 'trial-started' as const, trial, arm: trial[0]!, seed: Number(trial[2]), pid: 2 },
      { at: Date.now(), type: 'trial-ended' as const, trial, outcome: 'completed' as const, seconds: 1 },
    ]),
  ]);
  return state;
}

function stream(isTTY: boolean, columns: number) {
  const written: string[] = [];
  return { written, isTTY, columns, write: (text: string) => written.push(text) > 0 };
}

describe('progress of a run in a terminal', () => {
  it('redraws one line that fits the terminal, and clears it at the end', () => {
    const terminal = stream(true, 60);
    const display = progressOn(terminal, 'a-run-with-quite-a-long-name');
    display.update(stateWith(1));
    display.update(stateWith(2));
    display.end();
    assert.ok(terminal.written.every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n')));
    const lines = terminal.written.map((text) => text.slice('\r\u001b[2K'.length));
    assert.match(lines[1]!, /█{12}░{12}/);
    assert.ok(lines.every((line) => line.length < 60));
    assert.equal(lines.at(-1), '');
  });

  it('writes plain lines now and then where there is no terminal', () => {
    const file = stream(false, 0);
    const display = progressOn(file, 'run');
    display.update(stateWith(1));
    display.update(stateWith(1));
    display.say('Stopping …');
    display.end();
    assert.equal(file.written.length, 2);
    assert.match(file.written[0]!, /^run: 25 %, 1 of 4 trials, .* left\n$/);
    assert.equal(file.written[1], 'Stopping …\n');
  });
});
