import assert from 'node:assert/strict';
import { createRng, mean, runTrial } from 'marginalia';
import experiment, { alpGmmTeacher, cubeStudent, fitMixture } from '../../../snippets/curriculum/alp-gmm/experiment.ts';

const options = { fitEvery: 100, pRandom: 0.2, ks: [2, 3, 4] };

describe('the mixture of ALP-GMM', () => {
  const rng = createRng('mixture', 0);
  const rand = () => rng.uniform();
  /** Two clusters of 150: around (0, 0) with standard deviation 0.1, and around (3, 1) with correlated noise. */
  const rows = Array.from({ length: 300 }, (_, n) => {
    const [a, b] = [rng.normal(), rng.normal()];
    return n % 2 === 0 ? [0.1 * a, 0.1 * b] : [3 + 0.5 * a, 1 + 0.4 * a + 0.3 * b];
  });

  it('never becomes less likely from one step of EM to the next', () => {
    for (let repetition = 0; repetition < 4; repetition++) {
      const { logLikelihoods } = fitMixture(rows, 5, rand);
      for (let i = 1; i < logLikelihoods.length; i++) {
        // The 1e-6 on the covariances' diagonals moves the optimum by as little.
        assert.ok(logLikelihoods[i]! >= logLikelihoods[i - 1]! - 1e-2, logLikelihoods.join(' '));
      }
    }
  });

  it('finds two clusters with their shares, centres and covariances', () => {
    const { components } = fitMixture(rows, 2, rand);
    const [near, far] = [...components].sort((a, b) => a.mean[0]! - b.mean[0]!);
    assert.ok(Math.abs(near!.weight - 0.5) < 0.01 && Math.abs(far!.weight - 0.5) < 0.01);
    assert.ok(Math.hypot(near!.mean[0]!, near!.mean[1]!) < 0.05);
    assert.ok(Math.hypot(far!.mean[0]! - 3, far!.mean[1]! - 1) < 0.15);
    const expected = [
      [0.25, 0.2],
      [0.2, 0.25],
    ];
    far!.covariance.forEach((row, i) =>
      row.forEach((value, j) => assert.ok(Math.abs(value - expected[i]![j]!) < 0.06, `covariance ${value}`)),
    );
  });

  it('has Cholesky factors whose product is the covariance', () => {
    for (const { covariance, cholesky } of fitMixture(rows, 3, rand).components) {
      covariance.forEach((row, i) =>
        row.forEach((value, j) => {
          const product = cholesky[i]!.reduce((sum, factor, l) => sum + factor * cholesky[j]![l]!, 0);
          assert.ok(Math.abs(product - value) < 1e-9);
        }),
      );
    }
  });

  it('stays finite where all rows are the same', () => {
    const { components, logLikelihoods } = fitMixture(Array<number[]>(50).fill([0.5, 0.5, 0]), 3, rand);
    assert.ok(logLikelihoods.every(Number.isFinite));
    assert.ok(components.every(({ cholesky }) => cholesky.flat().every(Number.isFinite)));
  });
});

describe('the ALP-GMM teacher', () => {
  it('goes where the return changes', () => {
    const rng = createRng('teacher', 0);
    const teacher = alpGmmTeacher(2, options, () => rng.uniform());
    let lesson = 0;
    const tasks: number[][] = [];
    for (let episode = 0; episode < 1000; episode++) {
      const task = teacher.sample();
      assert.ok(task.length === 2 && task.every((value) => value >= 0 && value <= 1));
      // Only in one corner does practice change anything.
      teacher.update(task, task[0]! > 0.7 && task[1]! > 0.7 ? (lesson += 0.01) : 0);
      tasks.push(task);
    }
    const inCorner = tasks.slice(-400).filter(([x, y]) => x! > 0.65 && y! > 0.65).length / 400;
    assert.ok(inCorner > 0.5, `${inCorner} of the tasks lie in the corner, 0.12 would by chance`);
  });

  it('draws uniformly until its first fit', () => {
    const rng = createRng('teacher', 1);
    const teacher = alpGmmTeacher(1, { ...options, pRandom: 0 }, () => rng.uniform());
    const tasks: number[] = [];
    for (let episode = 0; episode < 100; episode++) {
      assert.equal(teacher.mixture().length, 0);
      const task = teacher.sample();
      teacher.update(task, rng.normal());
      tasks.push(task[0]!);
    }
    assert.ok(teacher.mixture().length >= 2);
    assert.ok(Math.abs(mean(tasks) - 0.5) < 0.15);
  });
});

describe('the student of cubes', () => {
  it('opens a cube only when a lower neighbour has reached 75', () => {
    const student = cubeStudent(4);
    assert.equal(student.stateOf(0, 0), 'frontier');
    assert.equal(student.stateOf(1, 1), 'locked');
    assert.deepEqual(student.practise([0.9, 0.9]), { state: 'locked', ret: 0 });
    for (let episode = 0; episode < 75; episode++) student.practise([0.1, 0.1]);
    assert.deepEqual([student.stateOf(1, 0), student.stateOf(0, 1), student.stateOf(1, 1)], Array(3).fill('frontier'));
    assert.equal(student.stateOf(2, 0), 'locked');
    assert.deepEqual(student.practise([0.3, 0.1]), { state: 'frontier', ret: 0.01 });
  });

  it('learns no more than all of a cube', () => {
    const student = cubeStudent(4);
    for (let episode = 0; episode < 130; episode++) student.practise([0, 0]);
    assert.deepEqual(student.practise([0, 0]), { state: 'mastered', ret: 1 });
    assert.equal(student.practise([1, 1]).state, 'locked');
  });
});

describe('the experiment alp-gmm', () => {
  const run = (arm: string, seed: number, params = {}) =>
    runTrial(experiment, { arm, seed, params: { episodes: 2000, cubes_per_dim: 4, ...params } });

  it('gives finite curves and a figure for every arm, the oracle ahead', async () => {
    const mastered: Record<string, number> = {};
    for (const arm of Object.keys(experiment.definition.arms)) {
      const { series, figures } = await run(arm, 0);
      for (const curve of Object.values(series.curves)) assert.ok(curve.values.every(Number.isFinite));
      mastered[arm] = series.curves.mastered_percent!.values.at(-1)!;
      assert.deepEqual(
        figures.competence!.layers.map(({ type }) => type),
        ['heatmap', 'points', 'ellipses'],
      );
    }
    for (const share of Object.values(mastered)) assert.ok(share <= mastered.oracle!);
    assert.equal(mastered.oracle, 100);
  });

  it('gives the same curve for the same seed and another for another', async () => {
    const [first, again, other] = [await run('alp_gmm', 1), await run('alp_gmm', 1), await run('alp_gmm', 2)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.figures, other.figures);
  });

  it('takes task coordinates that do not matter', async () => {
    const { series } = await run('alp_gmm', 0, { useless_dims: 3 });
    assert.ok(series.curves.mastered_percent!.values.at(-1)! > 0);
  });

  it('draws ellipses along the directions of the covariance', async () => {
    const { figures } = await run('alp_gmm', 0);
    const layer = figures.competence!.layers[2];
    assert.ok(layer?.type === 'ellipses' && layer.ellipses.length >= 2);
    for (const { a, b, angle } of layer.ellipses) assert.ok(a >= b && b >= 0 && Math.abs(angle) <= Math.PI / 2 + 1e-3);
  });
});
