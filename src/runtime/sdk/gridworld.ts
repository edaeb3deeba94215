import type { Figure, FigureLayer } from './figure.ts';
import type { Rng } from './rng.ts';
import type { Policy, TabularMdp, Transition } from './tabular-mdp.ts';

/** Moves of a gridworld, in the order of its actions: (rows down, columns right). */
const moves = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/** A grid of cells with walls and goals. Actions: 0 up, 1 down, 2 left, 3 right. State = row * columns + column. */
export interface Gridworld extends TabularMdp {
  readonly rows: number;
  readonly columns: number;
  /** Cells that are neither wall nor goal. */
  readonly free: readonly number[];
  readonly walls: readonly number[];
  readonly goals: readonly number[];
  /** Moves: the cell one comes to. Walls and the edge keep one in place. */
  step(state: number, action: number, rng: Rng): number;
}

/**
 * A gridworld from a drawing of it.
 *
 * @param drawing one text a row, top row first: `.` free, `#` wall, `G` goal (terminal).
 * @param options.slip probability that a move is replaced by one of the four at random. Default 0.
 */
export function gridworld(drawing: readonly string[], { slip = 0 }: { readonly slip?: number } = {}): Gridworld {
  const rows = drawing.length;
  const columns = drawing[0]?.length ?? 0;
  const cells = drawing.join('');
  if (columns === 0 || drawing.some((row) => row.length !== columns) || /[^.#G]/.test(cells)) {
    throw new RangeError("gridworld: draw rows of equal length with '.' (free), '#' (wall) and 'G' (goal).");
  }
  const cellsOf = (kind: string) => Array.from(cells).flatMap((cell, state) => (cell === kind ? [state] : []));

  function moved(state: number, action: number): number {
    const [down, right] = moves[action]!;
    const row = Math.floor(state / columns) + down;
    const column = (state % columns) + right;
    if (row < 0 || row >= rows || column < 0 || column >= columns) return state;
    const next = row * columns + column;
    return cells[next] === '#' ? state : next;
  }

  function outcomes(state: number, action: number): Transition[] {
    const probabilities = new Map<number, number>();
    const add = (next: number, probability: number) =>
      probabilities.set(next, (probabilities.get(next) ?? 0) + probability);
    add(moved(state, action), 1 - slip);
    if (slip > 0) moves.forEach((_, other) => add(moved(state, other), slip / moves.length));
    return Array.from(probabilities, ([next, probability]) => ({ next, probability }));
  }

  const table = Array.from({ length: rows * columns }, (_, state) =>
    moves.map((_move, action) => outcomes(state, action)),
  );
  return {
    rows,
    columns,
    states: rows * columns,
    actions: moves.length,
    free: cellsOf('.'),
    walls: cellsOf('#'),
    goals: cellsOf('G'),
    isTerminal: (state) => cells[state] === 'G',
    transitions: (state, action) => table[state]![action]!,
    step: (state, action, rng) => moved(state, rng.uniform() < slip ? rng.int(0, moves.length) : action),
  };
}

/**
 * A gridworld's picture: a value by cell as colour, the policy as arrows (the mean direction of its moves), walls and
 * goals as dots.
 *
 * @param options.values by state; 0 is drawn in walls.
 */
export function gridworldFigure(
  world: Gridworld,
  {
    title,
    policy,
    values,
    label,
    min,
    max,
  }: {
    readonly title: string;
    readonly policy: Policy;
    readonly values: readonly number[];
    readonly label: string;
    readonly min: number;
    readonly max: number;
  },
): Figure {
  const { rows, columns, free, walls, goals } = world;
  const x = (state: number) => (state % columns) + 0.5;
  // Row 0 is drawn at the top.
  const y = (state: number) => rows - Math.floor(state / columns) - 0.5;
  const dots = (states: readonly number[], name: string): FigureLayer[] =>
    states.length === 0 ? [] : [{ type: 'points', label: name, x: states.map(x), y: states.map(y) }];
  const colour = (state: number) => (walls.includes(state) ? 0 : values[state]!);
  const heat = Array.from({ length: rows }, (_, fromBottom) =>
    Array.from({ length: columns }, (_cell, column) => colour((rows - 1 - fromBottom) * columns + column)),
  );
  const direction = (state: number, axis: 0 | 1) =>
    moves.reduce((sum, move, action) => sum + move[axis] * policy[state]![action]!, 0);
  return {
    title,
    x: { label: 'column', min: 0, max: columns },
    y: { label: 'row', min: 0, max: rows },
    layers: [
      { type: 'heatmap', values: heat, label, min, max },
      ...dots(walls, 'wall'),
      ...dots(goals, 'goal'),
      {
        type: 'arrows',
        label: 'policy',
        x: free.map(x),
        y: free.map(y),
        dx: free.map((state) => 0.8 * direction(state, 1)),
        dy: free.map((state) => -0.8 * direction(state, 0)),
      },
    ],
  };
}
