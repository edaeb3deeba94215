import type { Rng } from './rng.ts';

/** The number of a function, and the cell of the map that it is called with, of no account where it takes none. */
export type FunctionAction = readonly [f: number, cell: number];

/**
 * A game on a square map whose actions are functions, some of them with a point of the map as argument, as in the interface of
 * StarCraft II (Vinyals et al., 2017, arXiv 1708.04782). Cell = column + size * row. An episode follows another without end.
 */
export interface FunctionGame {
  /** Of each function, whether it takes a point. */
  readonly takesPoint: readonly boolean[];
  /** The cells of the player's unit and of the beacon (-1: there is none), and three scalars between 0 and about 1. */
  readonly observe: () => readonly number[];
  /** Of each function 1 where it can be called now, else 0; a call that cannot be made does nothing. */
  readonly available: () => number[];
  readonly step: (...action: FunctionAction) => GameOutcome;
  /** What somebody would do who knows the game. */
  readonly script: () => FunctionAction;
}

/** Reward of a step, and where it ended an episode what that came to: a few numbers, each game its own. */
export interface GameOutcome {
  readonly reward: number;
  readonly report?: readonly number[];
}

/** Moves of a king between two cells. */
function distance(a: number, b: number, size: number): number {
  return Math.max(Math.abs((a % size) - (b % size)), Math.abs(Math.floor(a / size) - Math.floor(b / size)));
}

/**
 * The mini-game MoveToBeacon. Functions: 0 `no_op`, and 1 `move`, up to four steps of a king towards a cell. Coming next to the
 * beacon gives 1 and moves it to a random cell at distance 3 or more. An episode is 30 decisions, and reports the beacons that
 * were reached in it; unit and beacon stay where they are for the next one.
 *
 * @param size cells a side, 6 or more.
 * @throws RangeError where the map is too small for a beacon at distance 3 of every cell.
 */
export function moveToBeacon(rng: Rng, size: number): FunctionGame {
  if (!(size >= 6))
    throw new RangeError(`moveToBeacon: a map of ${size} cells a side is too small; give it 6 or more.`);
  let own = rng.int(0, size * size);
  let beacon = own;
  let [decisions, reached] = [0, 0];
  placeBeacon();

  function placeBeacon(): void {
    do beacon = rng.int(0, size * size);
    while (distance(own, beacon, size) < 3);
  }

  function stepTowards(cell: number): void {
    own += Math.sign((cell % size) - (own % size));
    own += size * Math.sign(Math.floor(cell / size) - Math.floor(own / size));
  }

  return {
    takesPoint: [false, true],
    observe: () => [own, beacon, 0, 0, 0],
    available: () => [1, 1],
    script: () => [1, beacon],
    step(f, cell) {
      const before = reached;
      for (let k = 0; k < 4 && f === 1; k++) {
        stepTowards(cell);
        if (distance(own, beacon, size) > 1) continue;
        reached++;
        placeBeacon();
      }
      const reward = reached - before;
      if (++decisions < 30) return { reward };
      const report = [reached];
      [decisions, reached] = [0, 0];
      return { reward, report };
    },
  };
}

/** Functions of `fullGame` by number. */
const [gather, buildBase, buildBarracks, train, attack] = [1, 2, 3, 4, 5] as const;

/**
 * A strategy game in small, of which only the outcome counts. Functions: 0 `no_op`; 1 `gather`, a mineral (2 there are at the
 * start); 2 `build_base` at a point, 4 minerals, of no use; 3 `build_barracks` at a point, 5 minerals, once; 4 `train` a unit,
 * 3 minerals, needs barracks; 5 `attack` a point, which uses up the army. Four units or more that attack next to the enemy's
 * corner, one of four and never seen, win: 1. 80 decisions without that lose: -1. Reports whether the game was won, and the
 * score: 0.1 a mineral gathered and 0.2 a unit. The scalars seen are minerals / 10, barracks and army / 4.
 *
 * @param size cells a side, 2 or more.
 * @param shaped whether the score is rewarded as well, when it is made.
 */
export function fullGame(rng: Rng, size: number, shaped: boolean): FunctionGame {
  const corners = [0, size - 1, size * (size - 1), size * size - 1];
  const newGame = () => ({
    enemy: rng.choice(corners),
    minerals: 2,
    barracks: 0,
    army: 0,
    decisions: 0,
    score: 0,
    tried: 0,
  });
  let state = newGame();

  function available(): number[] {
    const { minerals, barracks, army } = state;
    const canBuild = minerals >= 5 && barracks === 0;
    const canTrain = minerals >= 3 && barracks === 1;
    return [true, true, minerals >= 4, canBuild, canTrain, army > 0].map(Number);
  }

  return {
    takesPoint: [false, false, true, true, false, true],
    observe: () => [-1, -1, state.minerals / 10, state.barracks, state.army / 4],
    available,
    script() {
      if (state.army >= 4) return [attack, corners[state.tried % 4]!];
      const open = available();
      return [open[buildBarracks] ? buildBarracks : open[train] ? train : gather, 0];
    },
    step(wish, cell) {
      const f = available()[wish] === 1 ? wish : 0;
      const won = f === attack && state.army >= 4 && distance(cell, state.enemy, size) <= 1;
      let gain = 0;
      state.decisions++;
      if (f === gather) {
        state.minerals++;
        gain = 0.1;
      } else if (f === buildBase) {
        state.minerals -= 4;
      } else if (f === buildBarracks) {
        state.minerals -= 5;
        state.barracks = 1;
      } else if (f === train) {
        state.minerals -= 3;
        state.army++;
        gain = 0.2;
      } else if (f === attack) {
        state.army = 0;
        state.tried++;
      }
      state.score += gain;
      const earned = shaped ? gain : 0;
      if (!won && state.decisions < 80) return { reward: earned };
      const report = [Number(won), state.score];
      state = newGame();
      return { reward: earned + (won ? 1 : -1), report };
    },
  };
}
