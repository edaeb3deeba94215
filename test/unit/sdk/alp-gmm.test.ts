import assert from 'node:assert/strict';
import { createRng, gaussianMixture, mean, runTrial } from 'marginalia';
import experiment, {
  alpGmmTeacher,
  cubeStudent,
  type FitMixture,
} from '../../../snippets/curriculum/alp-gmm/experiment.ts';

const fit: FitMixture = (rows, k) => gaussianMixture(rows, k, createRng('fit', k));
const options = { fitEvery: 100, pRandom: 0.2, ks: [2, 3, 4], fit };

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
