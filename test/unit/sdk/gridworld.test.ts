import assert from 'node:assert/strict';
import { gridworld, gridworldFigure } from '../../../src/runtime/sdk/gridworld.ts';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import { softmaxPolicy, timeToEnd, valueIteration } from '../../../src/runtime/sdk/tabular-mdp.ts';

const drawing = ['..#', '..G'];

describe('gridworld', () => {
  const world = gridworld(drawing);
  const rng = createRng('gridworld', 0);

  it('numbers cells by rows and knows which are free, walls and goals', () => {
    assert.deepEqual([world.rows, world.columns, world.states, world.actions], [2, 3, 6, 4]);
    assert.deepEqual([world.free, world.walls, world.goals], [[0, 1, 3, 4], [2], [5]]);
    assert.ok(world.isTerminal(5) && !world.isTerminal(4));
  });

  it('moves up, down, left and right, and stays where a wall or the edge is', () => {
    const moves = [0, 1, 2, 3].map((action) => world.step(1, action, rng));
    assert.deepEqual(moves, [1, 4, 0, 1]);
    assert.deepEqual(
      [0, 1, 2, 3].map((action) => world.step(4, action, rng)),
      [1, 4, 3, 5],
    );
  });

  it('slips as often as it says, in simulation and in its table alike', () => {
    const slippery = gridworld(drawing, { slip: 0.4 });
    for (let state = 0; state < 6; state++) {
      for (let action = 0; action < 4; action++) {
        const counts = new Array<number>(6).fill(0);
        for (let i = 0; i < 4000; i++) counts[slippery.step(state, action, rng)]!++;
        const probabilities = new Array<number>(6).fill(0);
        for (const { next, probability } of slippery.transitions(state, action)) probabilities[next] = probability;
        assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p) - 1) < 1e-12);
        counts.forEach((count, next) => assert.ok(Math.abs(count / 4000 - probabilities[next]!) < 0.04));
      }
    }
  });

  it('has shortest ways as long as a search over its cells finds them', () => {
    const maze = gridworld(['....#...', '.##.#.#.', '.#..#.#.', '.#.##.#.', '.#....#G']);
    const { v } = valueIteration(maze, () => -1, { gamma: 1, sweeps: 60 });
    const distance = new Map(maze.goals.map((goal) => [goal, 0]));
    for (const [cell, steps] of distance) {
      for (const from of maze.free) {
        const adjacent = [0, 1, 2, 3].some((action) => maze.step(from, action, rng) === cell);
        if (adjacent && !distance.has(from)) distance.set(from, steps + 1);
      }
    }
    assert.equal(distance.size, maze.free.length + 1);
    for (const [cell, steps] of distance) assert.equal(v[cell], cell === maze.goals[0] ? 0 : -steps);
  });

  it('refuses a drawing that is no rectangle or has other signs', () => {
    assert.throws(() => gridworld(['..', '.']), /rows of equal length/);
    assert.throws(() => gridworld(['.x']), /rows of equal length/);
    assert.throws(() => gridworld([]), /rows of equal length/);
  });

  it('is drawn with its first row on top, arrows along the policy and walls in their cells', () => {
    const { q } = valueIteration(world, () => -1, { gamma: 0.9, sweeps: 50 });
    const policy = softmaxPolicy(q, 0.01);
    const values = timeToEnd(world, policy, 1).success;
    const figure = gridworldFigure(world, { title: 't', policy, values, label: 'success', min: 0, max: 1 });
    const [heat, walls, goals, arrows] = figure.layers;
    assert.ok(heat?.type === 'heatmap' && walls?.type === 'points' && goals?.type === 'points');
    assert.deepEqual(
      heat.values.map((row) => row.map(Math.round)),
      [
        [0, 1, 1],
        [0, 0, 0],
      ],
    );
    assert.deepEqual([walls.x, walls.y, goals.x, goals.y], [[2.5], [1.5], [2.5], [0.5]]);
    assert.ok(arrows?.type === 'arrows');
    // Beside the goal the way leads right, above it down.
    const beside = arrows.x.findIndex((x, i) => x === 1.5 && arrows.y[i] === 0.5);
    const above = arrows.x.findIndex((x, i) => x === 1.5 && arrows.y[i] === 1.5);
    assert.ok(arrows.dx[beside]! > 0.7 && Math.abs(arrows.dy[beside]!) < 0.1);
    assert.ok(arrows.dy[above]! < -0.7 && Math.abs(arrows.dx[above]!) < 0.1);
  });
});
