import { atLeast, atMost, denseNetwork, experiment, float, fullGame, int, mean, moveToBeacon } from 'marginalia';
import type { Curve, Figure, FunctionAction, FunctionGame, GameOutcome, Rng } from 'marginalia';

// StarCraft II: A New Challenge for Reinforcement Learning
// Vinyals et al., 2017, arXiv 1708.04782
//
// An action is a function and its arguments, many of them points of the map. Agents learn by advantage actor-critic to play a
// mini-game, and a full game of which only the outcome counts; one keeps the map's resolution up to the point that it clicks,
// the other flattens the map.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet masked-function-policy
/**
 * Log-probabilities of a policy over functions of which only some are available (Vinyals et al., arXiv 1708.04782, equation:
 * Masking). Add those of the arguments that the chosen function takes, and of no others.
 *
 * @param logits of all functions.
 * @param mask 1 where a function is available, 0 where it is not; one at least is.
 * @returns log-probabilities that sum to 1 over the available functions; -1e9 at the others, so that 0 times it is 0.
 */
export function maskedLogSoftmax(logits: ArrayLike<number>, mask: ArrayLike<number>): Float64Array {
  const result = new Float64Array(logits.length).fill(-1e9);
  let top = -Infinity;
  for (let f = 0; f < logits.length; f++) if (mask[f]) top = Math.max(top, logits[f]!);
  let sum = 0;
  for (let f = 0; f < logits.length; f++) if (mask[f]) sum += Math.exp(logits[f]! - top);
  for (let f = 0; f < logits.length; f++) if (mask[f]) result[f] = logits[f]! - top - Math.log(sum);
  return result;
}
// #endregion

// --- The agents ---------------------------------------------------------------------------------------------------------

/** What a network gets of an observation: planes and scalars, or (`isConv`) of each cell the nine around it, and its x and y. */
export function look([own, beacon, ...scalars]: readonly number[], size: number, isConv: boolean): Float32Array {
  const cells = size * size;
  const planes = [own!, beacon!];
  if (!isConv) {
    const inputs = new Float32Array(2 * cells + 3);
    planes.forEach((cell, plane) => {
      if (cell >= 0) inputs[plane * cells + cell] = 1;
    });
    inputs.set(scalars, 2 * cells);
    return inputs;
  }
  const inputs = new Float32Array(20 * cells);
  for (let cell = 0; cell < cells; cell++) {
    inputs[20 * cell + 18] = (cell % size) / (size - 1);
    inputs[20 * cell + 19] = Math.floor(cell / size) / (size - 1);
  }
  planes.forEach((cell, plane) => {
    for (let k = 0; k < 9 && cell >= 0; k++) {
      const [x, y] = [(cell % size) + 1 - (k % 3), Math.floor(cell / size) + 1 - Math.floor(k / 3)];
      if (Math.min(x, y) >= 0 && Math.max(x, y) < size) inputs[20 * (x + size * y) + 9 * plane + k] = 1;
    }
  });
  return inputs;
}

/** A network for each head: of the functions, with the value last, and of the point, by cell or by x and y. */
export function createAgent(rng: Rng, isConv: boolean, size: number, functions: number, rate: number) {
  const head = (spots: number, ...sizes: number[]) => {
    const net = denseNetwork(rng, { sizes, activation: 'relu', optimizer: { type: 'adam', rate } });
    const forward = (seen: readonly (readonly number[])[]) => {
      const inputs = new Float32Array(seen.length * spots * sizes[0]!);
      seen.forEach((one, row) => inputs.set(look(one, size, spots > 1), row * spots * sizes[0]!));
      const outputs = net.forward(inputs, seen.length * spots);
      const width = spots * sizes.at(-1)!;
      return seen.map((_, row) => outputs.subarray(row * width, (row + 1) * width));
    };
    return { net, forward };
  };
  const flat = 2 * size * size + 3;
  // Equation: Fully convolutional spatial head.
  const point = isConv ? [head(size * size, 20, 8, 1)] : ['x', 'y'].map(() => head(1, flat, 64, size));
  return [head(1, flat, 32, functions + 1), ...point];
}

type Agent = ReturnType<typeof createAgent>;
const ones = (list: ArrayLike<number | boolean>) => new Array<number>(list.length).fill(1);

/** Plays all games for so many decisions, with functions and arguments that the agent draws, or as it is told to. */
export function rollout(
  agent: Agent,
  games: readonly FunctionGame[],
  count: number,
  isMasked: boolean,
  rng: Rng,
  told?: (game: FunctionGame) => FunctionAction,
) {
  const once = () => {
    const seen = games.map((game) => game.observe());
    const outputs = agent.map(({ forward }) => forward(seen));
    const open = outputs.map((rows) => ones(rows[0]!));
    return games.map((game, g) => {
      if (told) return { seen: seen[g]!, masks: open, chosen: [0], ...game.step(...told(game)) };
      // The value behind the functions' logits is never drawn.
      const available = [...(isMasked ? game.available() : ones(game.takesPoint)), 0];
      const masks = open.map((mask, h) => (h === 0 ? available : mask));
      const chosen = masks.map((mask, h) => rng.weighted(maskedLogSoftmax(outputs[h]![g]!, mask).map(Math.exp)));
      const drawn: FunctionAction = [chosen[0]!, chosen[1]! + (chosen[2] ?? 0) * masks[1]!.length];
      // Arguments that the function does not take contribute nothing (equation: Auto-regressive factored policy).
      const heads = game.takesPoint[drawn[0]] ? chosen : chosen.slice(0, 1);
      return { seen: seen[g]!, masks, chosen: heads, ...game.step(...drawn) };
    });
  };
  return Array.from({ length: count }, once).flat();
}

/** How the loss of a head, - advantage log pi(chosen) - eta times entropy, changes with its logits. */
export function headSlopes(logits: Float32Array, mask: number[], chosen: number, advantage: number, eta: number) {
  const log = maskedLogSoftmax(logits, mask);
  const p = log.map(Math.exp);
  const entropy = -log.reduce((sum, value, j) => sum + p[j]! * value, 0);
  return log.map((value, j) => advantage * (p[j]! - Number(j === chosen)) + eta * p[j]! * (value + entropy));
}

/** A step of Adam on a rollout (equation: Advantage actor-critic gradient, with beta = 0.5). */
function learn(agent: Agent, games: readonly FunctionGame[], steps: ReturnType<typeof rollout>, eta: number): void {
  const ahead = agent[0]!.forward(games.map((game) => game.observe())).map((row) => row.at(-1)!);
  const outputs = agent.map(({ forward }) => forward(steps.map(({ seen }) => seen)));
  const slopes = outputs.map((rows) => new Float32Array(rows.length * rows[0]!.length));
  for (let i = steps.length - 1; i >= 0; i--) {
    const { masks, chosen, reward, report } = steps[i]!;
    const back = reward + (report ? 0 : 0.99 * ahead[i % games.length]!);
    ahead[i % games.length] = back;
    const advantage = (back - outputs[0]![i]!.at(-1)!) / steps.length;
    chosen.forEach((index, h) => {
      const change = headSlopes(outputs[h]![i]!, masks[h]!, index, advantage, eta / steps.length);
      slopes[h]!.set(change, i * change.length);
    });
    slopes[0]![(i + 1) * masks[0]!.length - 1] = -0.5 * advantage;
  }
  agent.forEach(({ net }, h) => {
    net.backward(slopes[h]!);
    const norm = Math.hypot(...net.gradient());
    net.step(net.gradient().map((slope) => slope / Math.max(1, norm)));
  });
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'sc2le',
  question:
    'Do structured spatial policies solve mini-games that flat ones do not within the same budget, and does the same agent nevertheless fail in a full game with delayed sparse reward?',
  params: {
    updates: int(300, { min: 10, max: 3000, about: 'updates of an agent, 80 decisions each' }),
    episodes: int(56, { min: 8, max: 800, about: 'episodes of a test, at least' }),
    map_size: int(8, { min: 6, max: 16, about: 'cells a side' }),
    entropy_weight: float(0.005, { min: 0, max: 0.1, about: 'eta' }),
    rate: float(0.005, { min: 0.0001, max: 0.05, about: 'step size of Adam' }),
  },
  arms: {
    fully_conv: { role: 'method', about: 'a logit for each cell from the cells around it, functions masked' },
    flat: { role: 'baseline', about: 'the map as a list, heads for x and for y, functions masked' },
    random: { role: 'baseline', about: 'functions that are available and cells at random' },
    unmasked: { role: 'ablation', about: 'as fully_conv; functions that are not available do nothing' },
    scripted: { role: 'reference', about: 'knows the games, not the corner' },
  },
  metrics: {
    beacons: { better: 'higher', unit: 'per episode', about: 'mini-game', step: 'decision' },
    win_rate: { better: 'higher', unit: 'fraction', about: 'full game, learnt from the outcome', step: 'decision' },
    game_score: { better: 'higher', unit: 'points', about: 'full game, learnt from the outcome', step: 'decision' },
    shaped_win_rate: { better: 'higher', unit: 'fraction', about: 'full game, score rewarded', step: 'decision' },
    shaped_score: { better: 'higher', unit: 'points', about: 'full game, score rewarded', step: 'decision' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { updates, episodes, map_size: size, entropy_weight, rate } = params;
    const tasks = [
      { metrics: ['beacons'], make: (draws: Rng) => moveToBeacon(draws, size) },
      { metrics: ['win_rate', 'game_score'], make: (draws: Rng) => fullGame(draws, size, false) },
      { metrics: ['shaped_win_rate', 'shaped_score'], make: (draws: Rng) => fullGame(draws, size, true) },
    ] as const;
    const draws = rng.split('actions');
    const players: Partial<Record<string, (game: FunctionGame) => FunctionAction>> = {
      random: (game) => [draws.weighted(game.available()), draws.int(0, size * size)],
      scripted: (game) => game.script(),
    };
    const told = players[arm];
    for (const [task, { metrics, make }] of tasks.entries()) {
      const games = Array.from({ length: 8 }, (_, g) => make(rng.split(`game ${task} ${g}`)));
      const functions = games[0]!.takesPoint.length;
      const agent = told ? [] : createAgent(rng.split('networks'), arm !== 'flat', size, functions, rate);
      const play = (count: number) => rollout(agent, games, count, arm !== 'unmasked', draws, told);
      const tell = (step: number, outcomes: readonly GameOutcome[]) => {
        const reports = outcomes.flatMap(({ report }) => (report ? [report] : []));
        metrics.forEach((metric, i) => log(step, { [metric]: mean(reports.map((report) => report[i]!)) }));
      };
      let recent: GameOutcome[] = [];
      for (let update = 1; update <= updates; update++) {
        const steps = play(10);
        if (!told) learn(agent, games, steps, entropy_weight);
        recent.push(...steps);
        if (update % 25 > 0) continue;
        tell((update - 25) * 80, recent);
        recent = [];
        progress((task + update / updates) / tasks.length);
      }
      tell(updates * 80, play(Math.ceil(episodes / 8) * (task === 0 ? 30 : 80)));
      if (task === 0 && agent.length === 2) show('clicks', clickFigure(agent, games[0]!.observe(), size));
      for (const { net } of agent) net.dispose();
    }
  },

  claim: {
    statement:
      'Baseline agents learn the mini-game well, best when they keep spatial structure, yet do not learn to win the full game from its sparse outcome.',
    check({ paired, final }) {
      const last = ({ values }: Curve) => values.at(-1)!;
      const over = (rival: 'flat' | 'random' | 'scripted') =>
        paired((of) => last(of('fully_conv', 'beacons')) / last(of(rival, 'beacons')));
      const masking = paired(
        (of) => mean(of('fully_conv', 'shaped_score').values) / mean(of('unmasked', 'shaped_score').values),
      );
      return [
        atLeast('beacons, fully convolutional over flat', over('flat'), 1.2),
        atLeast('beacons, fully convolutional over random', over('random'), 2),
        atLeast('beacons, fully convolutional over scripted', over('scripted'), 0.6),
        atMost('wins, fully convolutional, learnt from the outcome', final('fully_conv', 'win_rate', 'mean'), 0.1),
        atLeast('wins, scripted', final('scripted', 'win_rate', 'mean'), 0.85),
        atLeast('score during training where it is rewarded, masked over unmasked', masking, 1.02),
      ];
    },
  },
});

function clickFigure(agent: Agent, seen: readonly number[], size: number): Figure {
  const logits = agent[1]!.forward([seen])[0]!;
  const p = [...maskedLogSoftmax(logits, ones(logits)).map(Math.exp)];
  const values = Array.from({ length: size }, (_, y) => p.slice(y * size, (y + 1) * size));
  const unitAndBeacon = seen.slice(0, 2);
  const x = unitAndBeacon.map((cell) => (cell % size) + 0.5);
  const y = unitAndBeacon.map((cell) => Math.floor(cell / size) + 0.5);
  return {
    title: 'Probability of a click at each cell; the unit (0) and the beacon (1)',
    x: { label: 'x', min: 0, max: size },
    y: { label: 'y', min: 0, max: size },
    layers: [
      { type: 'heatmap', label: 'probability', min: 0, max: 1, values },
      { type: 'points', label: 'unit and beacon', x, y, value: [0, 1] },
    ],
  };
}
