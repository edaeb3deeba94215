import fc from 'fast-check';
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventReader, describeProblem } from '../../../src/runtime/runs/event-reader.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { encodeJson } from '../../../src/runtime/runs/json.ts';

const warning = (message: string): RunEvent => ({ at: 1, type: 'warning', message });
const line = (message: string) => `${encodeJson(warning(message))}\n`;

describe('reading a growing events.jsonl', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marginalia-'));
    file = join(folder, 'events.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Reads to the present end, again and again. */
  function createReading() {
    const reader = createEventReader(file);
    const events: RunEvent[] = [];
    const problems: string[] = [];
    const readOn = () =>
      reader.read((slice) => {
        events.push(...slice.events);
        problems.push(...slice.problems.map((problem) => describeProblem(file, problem)));
        return true;
      });
    return { reader, events, problems, readOn };
  }

  it('has nothing to tell of a file that is not there yet, and takes it up when it is', async () => {
    const { reader, events, readOn } = createReading();
    await readOn();
    await writeFile(file, line('one'));
    await readOn();
    assert.deepEqual(events, [warning('one')]);
    await reader.close();
  });

  it('keeps a torn last line for later, wherever it is torn', async () => {
    const bytes = Buffer.from(line('ünïcode ✓') + line('two'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 4 }), async (cuts) => {
        await writeFile(file, '');
        const { reader, events, problems, readOn } = createReading();
        let start = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
          await appendFile(file, bytes.subarray(start, cut));
          start = cut;
          await readOn();
        }
        assert.deepEqual([events, problems], [[warning('ünïcode ✓'), warning('two')], []]);
        await reader.close();
      }),
      { numRuns: 30 },
    );
  });

  it('names file and line of what it cannot read, and goes on', async () => {
    await writeFile(file, `${line('one')}{"at":1,"ty\n${line('three')}\u0000\u0000\n{"at":1}\n${line('six')}{"torn`);
    const { reader, events, problems, readOn } = createReading();
    await readOn();
    assert.deepEqual(events, [warning('one'), warning('three'), warning('six')]);
    assert.deepEqual(
      problems.map((problem) => /:(\d+) is not/.exec(problem.slice(file.length))?.[1]),
      ['2', '4', '5'],
    );
    assert.ok(problems.every((problem) => problem.startsWith(file)));
    await reader.close();
  });

  it('lets others have the thread while it reads a long file', async () => {
    await writeFile(file, Array.from({ length: 60_000 }, (_, i) => line(`number ${i}`)).join(''));
    const { reader, events, readOn } = createReading();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await readOn();
    clearInterval(timer);
    assert.equal(events.length, 60_000);
    assert.ok(turns > 5, `others had ${turns} turns`);
    await reader.close();
  });

  it('stops where nobody listens any more', async () => {
    await writeFile(file, line('one').repeat(100_000));
    const reader = createEventReader(file);
    let slices = 0;
    await reader.read(() => {
      slices++;
      return false;
    });
    assert.equal(slices, 1);
    await reader.close();
  });
});
