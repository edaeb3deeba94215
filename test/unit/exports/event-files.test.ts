import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { createEventFileWriter } from '../../../src/runtime/exports/tensorboard/event-files.ts';
import { findTensorboard } from './python-tensorboard.ts';
import { sampleEvents, sampleRecord, sampleStart } from './sample-run.ts';

/** What the Python script prints of one trial. Numbers that JSON cannot hold are texts. */
interface FoundTrial {
  readonly scalars: Readonly<Record<string, readonly (readonly [step: string, value: string, wallTime: number])[]>>;
  readonly described: Readonly<Record<string, { readonly plugin: string; readonly description: string }>>;
  readonly drawn: Readonly<Record<string, number>>;
  readonly text: readonly string[];
  readonly group: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: number | null;
}
type FoundRun = Readonly<Record<string, FoundTrial>>;

/** Two trials, of which one logged NaN and an infinity. */
const events = sampleEvents().filter(
  (event) => !('trial' in event) || event.trial === 'rex#0' || event.trial === 'constant#3',
);

describe('TensorBoard event files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marginalia-events-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Writes events into a folder of their own. */
  async function write(name: string, list: readonly RunEvent[]): Promise<readonly string[]> {
    await mkdir(join(folder, name));
    const writer = createEventFileWriter(join(folder, name), sampleRecord);
    for (let index = 0; index < list.length; index += 7) await writer.take(list.slice(index, index + 7));
    return writer.finish();
  }

  it('lie in a folder for each trial that was started', async () => {
    const files = await write('names', events);
    const name = `events.out.tfevents.${sampleStart / 1000}.some-host`;
    assert.deepEqual(files, [join('rex', 'seed-0', name), join('constant', 'seed-3', name)]);
    assert.deepEqual((await readdir(join(folder, 'names'))).toSorted(), ['constant', 'rex']);
  });

  it('are refused for a trial whose name leads out of the folder', async () => {
    const event: RunEvent = { at: 1, type: 'points', trial: '../../x#0', metric: 'm', steps: [1], values: [1] };
    await assert.rejects(write('refused', [event]), /cannot be named after it/);
    assert.deepEqual(await readdir(join(folder, 'refused')), []);
  });

  describe('opened by TensorBoard', () => {
    const steps = [-3, 0.4, 0.5, 7, 2 ** 52, 2 ** 60, 1e30];
    let whole: FoundRun, unfinished: FoundRun, rounded: FoundRun, damaged: FoundRun;

    before(async function () {
      this.timeout(900_000);
      const tensorboard = await findTensorboard();
      if ('missing' in tensorboard) {
        console.log(`      Not run, because ${tensorboard.missing}.`);
        this.skip(); // No reader of event files on this machine; the line above says why.
      }
      await write('whole', events);
      await write(
        'unfinished',
        events.slice(
          0,
          events.findIndex(({ type }) => type === 'trial-ended'),
        ),
      );
      await write('rounded', [{ at: 1, type: 'points', trial: 'rex#0', metric: 'loss', steps, values: steps }]);
      const [file] = await write('damaged', events.slice(0, 4));
      const bytes = await readFile(join(folder, 'damaged', file!));
      bytes[bytes.length - 10]! ^= 1;
      await writeFile(join(folder, 'damaged', file!), bytes);
      const folders = ['whole', 'unfinished', 'rounded', 'damaged'].map((name) => join(folder, name));
      const printed = await tensorboard.python('test/unit/exports/read_event_files.py', ...folders);
      [whole, unfinished, rounded, damaged] = JSON.parse(printed) as [FoundRun, FoundRun, FoundRun, FoundRun];
    });

    it('hold every point, with its step, value and time', () => {
      assert.deepEqual(Object.keys(whole).toSorted(), ['constant/seed-3', 'rex/seed-0']);
      for (const event of events) {
        if (event.type !== 'points') continue;
        const trial = whole[event.trial.replace('#', '/seed-')]!;
        const points = trial.scalars[event.metric]!;
        assert.deepEqual(
          points.map(([step, value, wallTime]) => [
            Number(step),
            Number(value.replace('inf', 'Infinity').replace('nan', 'NaN')),
            wallTime,
          ]),
          event.steps.map((step, index) => [step, Math.fround(Number(event.values[index])), event.at / 1000]),
        );
        // What TensorBoard draws from, after it has brought the file into its newest form.
        assert.equal(trial.drawn[event.metric], event.steps.length);
      }
    });

    it('describe metrics', () => {
      assert.deepEqual(whole['rex/seed-0']!.described.test_loss, {
        plugin: 'scalars',
        description: 'Cross-entropy on 2,000 held-out examples. In nats; lower is better.',
      });
    });

    it('tell the parameters as text and to the HParams view, seeds of an arm as one group', () => {
      const trial = whole['rex/seed-0']!;
      assert.match(trial.text.join(), /\| budget \| 500 \| optimiser steps \|/);
      assert.deepEqual(trial.parameters, { arm: 'rex', budget: 500, rate: 0.03, optimiser: 'adam', shuffle: true });
      assert.equal(trial.group, `${sampleRecord.id} rex`);
      assert.equal(trial.status, 1);
    });

    it('may end in the middle of a trial', () => {
      const trial = unfinished['rex/seed-0']!;
      assert.equal(trial.scalars.test_loss!.length, 500);
      assert.equal(trial.status, null);
    });

    it('round steps to whole numbers, also negative and very large ones', () => {
      assert.deepEqual(
        rounded['rex/seed-0']!.scalars.loss!.map(([step]) => step),
        ['-3', '0', '1', '7', '4503599627370496', '1152921504606846976', '9223372036854775807'],
      );
    });

    it('are not read past a byte that was changed, so the reader does check the sums', () => {
      const trial = damaged['rex/seed-0']!;
      assert.equal(trial.scalars.test_loss!.length, 500);
      assert.equal(trial.scalars.accuracy!.length, 19);
    });
  });
});
