import assert from 'node:assert/strict';
import { experiment, int, runTrial } from 'marginalia';
import type { Figure, Trial } from 'marginalia';

type AnyTrial = Trial<{ readonly steps: ReturnType<typeof int> }, 'ours', 'loss' | 'error'>;

function withTrial(trial: (trial: AnyTrial) => void | Promise<void>, compute?: 'autodiff') {
  return experiment({
    paper: 'toy',
    question: 'What does a trial see?',
    ...(compute && { compute }),
    params: { steps: int(3, { min: 1, max: 9, about: 'steps' }) },
    arms: { ours: { role: 'method', about: 'x' } },
    metrics: {
      loss: { better: 'lower', unit: 'nats', about: 'x' },
      error: { better: 'lower', unit: 'fraction', about: 'x' },
    },
    trial,
    claim: { statement: 'x', check: () => [] },
  });
}

const once = { arm: 'ours', seed: 0 };
const run = (trial: (trial: AnyTrial) => void) => runTrial(withTrial(trial), once);
const figure: Figure = { title: 'x', x: { label: 'x' }, y: { label: 'y' }, layers: [] };

describe('a trial', () => {
  it('records what it logs and the last figure of each name', async () => {
    const record = await run(({ params, log, show, progress }) => {
      for (let step = 0; step < params.steps; step++) {
        log(step, { loss: -step });
        progress(step / params.steps);
      }
      log(7, { loss: NaN, error: Infinity });
      show('first', figure);
      show('first', { ...figure, title: 'again' });
    });
    assert.deepEqual(record.series, {
      arm: 'ours',
      seed: 0,
      curves: { loss: { steps: [0, 1, 2, 7], values: [-0, -1, -2, NaN] }, error: { steps: [7], values: [Infinity] } },
    });
    assert.deepEqual(record.figures, { first: { ...figure, title: 'again' } });
  });

  it('may log metrics at their own paces, also twice at one step, but never back', async () => {
    await run(({ log }) => {
      log(5, { loss: 1 });
      log(5, { loss: 2 });
      log(0, { error: 1 });
    });
    const back = run(({ log }) => {
      log(5, { loss: 1 });
      log(4, { loss: 1 });
    });
    await assert.rejects(back, /'loss' at step 4 comes after step 5/);
  });

  it('is told what is wrong with what it logs', async () => {
    await assert.rejects(
      run(({ log }) => log(NaN, { loss: 1 })),
      /the step is NaN/,
    );
    await assert.rejects(
      run(({ log }) => log(0, { los: 1 } as never)),
      /no metric 'los'\. Declared are: loss, error/,
    );
    await assert.rejects(
      run(({ log }) => log(0, { loss: undefined } as never)),
      /'loss' is undefined, not a number/,
    );
    await assert.rejects(
      run(({ log }) => log(0, { loss: [1] } as never)),
      /an object \(Array\), not a number.*dataSync/,
    );
    await assert.rejects(
      run(({ progress }) => progress(1.1)),
      /it must be from 0 to 1/,
    );
  });

  it('gets one seeded generator, the same for every arm', async () => {
    const draw = async (seed: number) => {
      const record = await runTrial(
        withTrial(({ rng, log }) => log(0, { loss: rng.uniform() })),
        { arm: 'ours', seed },
      );
      return record.series.curves.loss!.values[0]!;
    };
    assert.equal(await draw(1), await draw(1));
    assert.notEqual(await draw(1), await draw(2));
  });

  it('gets a tensor engine only where its experiment asks for one', async () => {
    const usesTensors = ({ tf }: AnyTrial) => {
      tf.scalar(1);
    };
    await assert.rejects(run(usesTensors), /Write compute: 'autodiff'/);
    await assert.rejects(runTrial(withTrial(usesTensors, 'autodiff'), once), /started without a tensor engine/);
  });

  it('is refused for an arm or a parameter that is not declared', async () => {
    const idle = withTrial(() => undefined);
    await assert.rejects(runTrial(idle, { arm: 'other', seed: 0 }), /no arm 'other'\. Declared are: ours/);
    await assert.rejects(runTrial(idle, { ...once, params: { steps: 10 } }), /from 1 to 9/);
  });
});
