import { adam, atLeast, atMost, experiment, float, int, mean, type Curve, type Figure, type Rng } from 'marginalia';

// Discovering Temporally-Aware Reinforcement Learning Algorithms
// Jackson, Lu, Kirsch, Lange, Whiteson and Foerster, ICLR 2024, arXiv 2402.05828
//
// A meta-learned update rule that sees how much of its lifetime has gone and how long it is (equation: Temporally-aware learned
// update) can learn schedules: explore early, commit late, and all of it faster where the lifetime is short. It takes a
// meta-objective that looks at the end of whole lifetimes of many lengths, and evolution strategies to climb it (equation:
// Meta-objective and ES estimate). Here a lifetime is N pulls of a ten-armed bandit by a softmax policy, and the rule decides the
// step size and the weight of an entropy bonus of every update.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet lifetime-conditioning
/**
 * What a temporally-aware learned update rule sees besides its other inputs (arXiv 2402.05828): the share of the lifetime that
 * has gone, and the logarithm of the lifetime. With the step alone a rule could not transfer to other lifetimes.
 *
 * @param step updates done, 0 to `lifetime`.
 * @param lifetime updates in all, 1 or more.
 */
export function lifetimeFeatures(step: number, lifetime: number): [number, number] {
  return [step / lifetime, Math.log(lifetime)];
}
// #endregion

const hidden = 6;
/** Meta-parameters: of each hidden unit two weights and a bias, then of both outputs a weight for each unit and a bias. */
export const size = 3 * hidden + 2 * (hidden + 1);

/** Step size and entropy weight. */
type Control = readonly [rate: number, entropy: number];

/** The learned rule: a small network from two inputs to step size and entropy weight. */
export function ruleOf(eta: Float64Array, x1: number, x2: number): Control {
  let [o0, o1] = [eta[5 * hidden]!, eta[5 * hidden + 1]!];
  for (let i = 0; i < hidden; i++) {
    const unit = Math.tanh(eta[3 * i]! * x1 + eta[3 * i + 1]! * x2 + eta[3 * i + 2]!);
    o0 += eta[3 * hidden + 2 * i]! * unit;
    o1 += eta[3 * hidden + 2 * i + 1]! * unit;
  }
  return [Math.exp(Math.max(-4, Math.min(2.5, o0 - 0.7))), Math.max(-1, Math.min(1, 0.3 * o1))];
}

// --- The testbed: lifetimes of a bandit learner ---------------------------------------------------------------------------

const actions = 10;

/** A softmax policy with its logits z. */
export const newAgent = () => ({
  z: new Array<number>(actions).fill(0),
  policy: new Array<number>(actions).fill(1 / actions),
  logPolicy: new Array<number>(actions).fill(-Math.log(actions)),
  entropy: Math.log(actions),
});

/** One update, in place: up the gradient of advantage times log-probability of the action, plus c times the entropy. */
export function update(
  agent: ReturnType<typeof newAgent>,
  action: number,
  advantage: number,
  [rate, c]: Control,
): void {
  const { z, policy, logPolicy, entropy } = agent;
  let [top, sum] = [-20, 0];
  for (let k = 0; k < actions; k++) {
    const slope = advantage * ((k === action ? 1 : 0) - policy[k]!) - c * policy[k]! * (logPolicy[k]! + entropy);
    const next = z[k]! + rate * slope;
    z[k] = next > 20 ? 20 : next < -20 ? -20 : next;
    if (z[k]! > top) top = z[k]!;
  }
  for (let k = 0; k < actions; k++) sum += policy[k] = Math.exp(z[k]! - top);
  const logSum = top + Math.log(sum);
  agent.entropy = 0;
  for (let k = 0; k < actions; k++) {
    policy[k]! /= sum;
    logPolicy[k] = z[k]! - logSum;
    agent.entropy -= policy[k]! * logPolicy[k]!;
  }
}

/**
 * Pulls of a new bandit with an update after each, as a schedule has it, up to the end of a window. Returns the mean regret of
 * the policies after the updates within the window, [from, to): how much less than the best action they are expected to earn.
 */
export function live(
  schedule: readonly Control[],
  [from, to]: readonly [number, number],
  rng: Rng,
  watch?: (n: number, entropy: number) => void,
): number {
  const mu = Array.from({ length: actions }, () => rng.normal(0, 0.7));
  const [agent, best] = [newAgent(), Math.max(...mu)];
  let [b, regret] = [0, 0];
  for (let n = 0; n < to; n++) {
    watch?.(n, agent.entropy);
    let [a, u] = [0, rng.uniform()];
    while (a < actions - 1 && (u -= agent.policy[a]!) >= 0) a++;
    const advantage = mu[a]! + 0.5 * rng.normal() - b;
    b += advantage / Math.min(n + 1, 20);
    update(agent, a, advantage, schedule[n]!);
    if (n >= from) for (let k = 0; k < actions; k++) regret += (agent.policy[k]! * (best - mu[k]!)) / (to - from);
  }
  return regret;
}

// --- Meta-learning by evolution strategies --------------------------------------------------------------------------------

/** Ranks of numbers from the smallest, moved and scaled to -1/2 … 1/2. */
export function centredRanks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  return values.map((_, i) => order.indexOf(i) / (values.length - 1) - 0.5);
}

/** Gradient, with the sign changed, of the rank-transformed fitness from antithetic pairs, which meet the same random numbers. */
export function evolutionStep(
  eta: Float64Array,
  fitness: (eta: Float64Array) => number,
  { pairs, sigma, rng }: { readonly pairs: number; readonly sigma: number; readonly rng: Rng },
): { readonly descent: Float64Array; readonly fitness: number } {
  const noises = Array.from({ length: pairs }, () => eta.map(() => rng.normal()));
  const values = noises.flatMap((noise) => {
    const state = rng.save();
    const above = fitness(eta.map((value, i) => value + sigma * noise[i]!));
    rng.restore(state);
    return [above, fitness(eta.map((value, i) => value - sigma * noise[i]!))];
  });
  const ranks = centredRanks(values);
  const slope = (i: number) => mean(noises.map((noise, p) => (ranks[2 * p]! - ranks[2 * p + 1]!) * noise[i]!));
  return { descent: eta.map((_, i) => -slope(i) / (2 * sigma)), fitness: mean(values) };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const trainHorizons = [8, 32, 128];
const testHorizons = [8, 16, 32, 128, 512];
const rates = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2];

export default experiment({
  paper: 'ta-lpg',
  question:
    'Does letting a learned update rule see the clock (n/N, log N) lead ES to discover horizon-dependent schedules that give better final policies, also for horizons never seen?',
  params: {
    generations: int(100, { min: 5, max: 500, about: 'steps of evolution strategies' }),
    pairs: int(16, { min: 4, max: 64, about: 'antithetic pairs a generation' }),
    sigma: float(0.1, { min: 0.01, max: 0.5, about: 'standard deviation of the perturbations' }),
    test_tasks: int(400, { min: 20, max: 2000, about: 'bandits for every test horizon' }),
  },
  arms: {
    aware: { role: 'method', about: 'sees n/N and log N' },
    unaware: { role: 'baseline', about: 'the same network with constant inputs' },
    truncated: { role: 'baseline', about: 'sees the clock, but is rated by what 4 updates of it change soon' },
    reinforce: { role: 'baseline', about: 'no entropy bonus, best of seven constant step sizes' },
    progress_only: { role: 'baseline', about: 'sees n/N only' },
    horizon_only: { role: 'ablation', about: 'sees log N only' },
    whole_life: { role: 'baseline', about: 'sees the clock, rated by the policies of its whole life' },
  },
  metrics: {
    final_regret: {
      better: 'lower',
      unit: 'reward',
      about: 'of the policy at the end of a lifetime',
      step: 'lifetime N',
      stepScale: 'log',
      scale: 'log',
    },
    meta_fitness: { better: 'higher', unit: 'reward', about: 'as each arm rates its population', step: 'generation' },
    rate: { better: 'neither', unit: 'step size', about: 'with N = 128', step: 'share of the lifetime', scale: 'log' },
    entropy: { better: 'neither', unit: 'nats', about: 'of the policy with N = 128', step: 'share of the lifetime' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { generations, pairs, sigma, test_tasks } = params;
    const seesProgress = arm !== 'unaware' && arm !== 'horizon_only';
    const seesHorizon = arm !== 'unaware' && arm !== 'progress_only';
    const scheduleOf = (eta: Float64Array, N: number) =>
      Array.from({ length: N }, (_, n): Control => {
        const [share, logarithm] = lifetimeFeatures(n, N);
        return ruleOf(eta, seesProgress ? 2 * share : 1, seesHorizon ? (2 * logarithm) / Math.log(1024) : 1);
      });
    const start = rng.split('rule');
    const eta = Float64Array.from({ length: size }, (_, i) => (i < 3 * hidden ? start.normal(0, 0.5) : 0));

    const es = rng.split('evolution');
    /** Minus the regret over lifetimes of all training lengths, as many of each as make 256 pulls. */
    const fitness = (scheduleFor: (N: number) => readonly Control[]) => {
      const regrets = trainHorizons.map((N) => {
        const [schedule, before] = [scheduleFor(N), arm === 'truncated' ? scheduleOf(eta, N) : []];
        const regret = () => {
          if (arm !== 'truncated') return live(schedule, [arm === 'whole_life' ? 0 : N - 1, N], es);
          const begin = es.int(0, N - 3);
          return live([...before.slice(0, begin), ...schedule.slice(begin)], [begin, begin + 4], es);
        };
        return mean(Array.from({ length: 256 / N }, regret));
      });
      return -mean(regrets);
    };
    const descend = adam(size, { rate: 0.05 });
    for (let generation = 0; generation < generations && arm !== 'reinforce'; generation++) {
      const rated = (perturbed: Float64Array) => fitness((N) => scheduleOf(perturbed, N));
      const estimate = evolutionStep(eta, rated, { pairs, sigma, rng: es });
      descend(eta, estimate.descent);
      log(generation, { meta_fitness: estimate.fitness });
      progress(generation / generations);
    }
    let schedule = (N: number): readonly Control[] => scheduleOf(eta, N);
    if (arm === 'reinforce') {
      const constant = (rate: number) => (N: number) => new Array<Control>(N).fill([rate, 0]);
      const fitnesses = rates.map((rate) => mean(Array.from({ length: 20 }, () => fitness(constant(rate)))));
      schedule = constant(rates[fitnesses.indexOf(Math.max(...fitnesses))]!);
    }

    for (const N of testHorizons) {
      const [tasks, own] = [rng.split(`test ${N}`), schedule(N)];
      log(N, { final_regret: mean(Array.from({ length: test_tasks }, () => live(own, [N - 1, N], tasks))) });
    }
    const entropies = new Float64Array(128);
    const [watched, shown] = [rng.split('watched'), schedule(128)];
    for (let i = 0; i < 100; i++) live(shown, [127, 128], watched, (n, entropy) => (entropies[n]! += entropy / 100));
    for (let n = 0; n < 128; n++) log(n / 128, { rate: shown[n]![0], entropy: entropies[n]! });
    show('rates', scheduleFigure('Step size', schedule, 0));
    show('bonuses', scheduleFigure('Weight of the entropy bonus', schedule, 1));
  },

  claim: {
    statement:
      'A learned rule that sees its training progress and horizon beats the same rule without that information, including on horizons outside meta-training.',
    check({ paired, curve }) {
      type Of = (arm: 'aware' | 'unaware', metric: 'final_regret') => Curve;
      const ratioAt = (N: number) => {
        const i = testHorizons.indexOf(N);
        return paired((of: Of) => of('aware', 'final_regret').values[i]! / of('unaware', 'final_regret').values[i]!);
      };
      const change = ({ values }: Curve) => Math.abs(1 - values[115]! / values[13]!);
      return [
        ...[512, 16, 32].map((N) => atMost(`final regret, aware over unaware, N = ${N}`, ratioAt(N), 0.9)),
        atLeast('change of the step size from 10 to 90 % of the lifetime', curve('aware', 'rate', change), 0.1),
      ];
    },
  },
});

function scheduleFigure(what: string, schedule: (N: number) => readonly Control[], which: 0 | 1): Figure {
  const layers = [8, 32, 128, 512].map((N) => {
    const y = schedule(N).map((control) => control[which]);
    return { type: 'line', label: `N = ${N}`, x: y.map((_, n) => n / N), y } as const;
  });
  return { title: `${what} over a lifetime`, x: { label: 'n / N' }, y: { label: what.toLowerCase() }, layers };
}
