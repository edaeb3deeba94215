import { atLeast, atMost, experiment, float, mean, valueIteration } from 'marginalia';
import type { Curve, Figure, Rng, TabularMdp } from 'marginalia';

// Vision-Language Models are Zero-Shot Reward Models for Reinforcement Learning
// Rocamonde, Montesinos, Nava, Perez and Lindner, ICLR 2024, arXiv 2310.12921
//
// A state is rendered, and its reward is how alike its embedding and that of a sentence about the goal are (equation: CLIP
// reward). Much of the embedding has nothing to do with the task, so it is pulled onto the line from a sentence about the usual
// state to the goal (equations: Goal-baseline regularised reward, Projection). How good a reward is can be told without any
// training, from its correlation with the truth (equation: EPIC distance for state rewards).
// Here the encoder is simulated: an embedding is one axis of meaning, content common to all scenes, and nuisance that changes
// with the state, the more the worse the encoder. The state is the tilt of a pole, from -1 to 1, and the goal is 0.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet goal-baseline-reward
/**
 * Goal-baseline regularised reward (equations: Goal-baseline regularised reward, Projection).
 *
 * @param s embedding of the state, `goal` and `baseline` those of the sentences: of one length, each with norm 1.
 * @param alpha strength from 0, which gives the cosine similarity with the goal, to 1.
 * @returns a reward of at most 1.
 */
export function goalBaselineReward(s: Float32Array, goal: Float32Array, baseline: Float32Array, alpha: number): number {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const way = goal.map((value, i) => value - baseline[i]!);
  const along =
    dot(
      s.map((value, i) => value - baseline[i]!),
      way,
    ) / dot(way, way);
  // The line goes through the baseline and the goal, not through the origin.
  const gap = s.map((value, i) => alpha * (baseline[i]! + along * way[i]!) + (1 - alpha) * value - goal[i]!);
  return 1 - dot(gap, gap) / 2;
}
// #endregion

/** EPIC distance of two rewards of states that are all as likely: 0 alike, 1 opposite (equation: EPIC distance …). */
export function epic(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [standardised(first), standardised(second)];
  return Math.sqrt(Math.max(0, (1 - mean(a.map((value, i) => value * b[i]!))) / 2));
}

/** With mean 0 and variance 1. */
function standardised(values: readonly number[]): number[] {
  const center = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
  return values.map((value) => (value - center) / deviation);
}

// --- The testbed: a simulated encoder and a pole ----------------------------------------------------------------------------

const dimensions = 32;
const tilts = Array.from({ length: 61 }, (_, i) => (i - 30) / 30);
const truth = tilts.map((x) => -Math.abs(x));

/** Encoders from the best to the worst, as the size of the nuisance in their embeddings. */
const qualities = [0.2, 0.4, 0.8, 1.2, 2];

const unit = (v: Float32Array) => v.map((value) => value / Math.hypot(...v));

/**
 * An encoder of images and sentences: what is drawn from `rng` is the same whatever its imperfection nu.
 *
 * @returns embeddings of all tilts, and of a sentence about a state that is as good as `score`, from -1 (fallen) to 1 (upright).
 */
export function drawEncoder(rng: Rng, nu: number) {
  const direction = () => unit(Float32Array.from({ length: dimensions }, () => rng.normal()));
  const [scene, text, concept] = [direction(), direction(), direction()];
  const nuisances = Array.from({ length: 12 }, () => ({
    axis: direction(),
    frequency: rng.uniform(1, 6),
    phase: rng.uniform(0, 2 * Math.PI),
  }));
  const images = tilts.map((x) =>
    unit(
      scene.map((value, i) => {
        const waves = nuisances.map(
          ({ axis, frequency, phase }) => Math.sin(frequency * Math.PI * x + phase) * axis[i]!,
        );
        return value + 0.5 * (1 - 2 * Math.abs(x)) * concept[i]! + nu * Math.sqrt(12) * mean(waves);
      }),
    ),
  );
  const sentence = (score: number) => {
    const noise = direction();
    return unit(
      scene.map((value, i) => 0.6 * value + 0.8 * text[i]! + 0.5 * score * concept[i]! + 0.1 * nu * noise[i]!),
    );
  };
  return { images, goal: sentence(1), opposite: sentence(-1), chance: sentence(rng.uniform(-1, 1)) };
}

type RewardRule = 'regularised' | 'clip' | 'centred' | 'any_baseline' | 'no_baseline' | 'true_reward';

/** Rewards of all tilts. */
export function rewardsOf(rule: RewardRule, encoder: ReturnType<typeof drawEncoder>, alpha: number): number[] {
  const { images, goal, opposite, chance } = encoder;
  if (rule === 'true_reward') return truth;
  if (rule === 'centred') {
    const center = goal.map((_, i) => mean(images.map((image) => image[i]!)));
    return images.map((image) => goalBaselineReward(unit(image.map((v, i) => v - center[i]!)), goal, opposite, 0));
  }
  // The line through the goal and its negative goes through the origin: it knows of no baseline.
  const baseline = rule === 'any_baseline' ? chance : rule === 'no_baseline' ? goal.map((v) => -v) : opposite;
  return images.map((image) => goalBaselineReward(image, goal, baseline, rule === 'clip' ? 0 : alpha));
}

/** A pole that moves left, stays or moves right by one tilt; a tenth of the moves are made at random. */
const outcomes = tilts.map((_, state) =>
  [-1, 0, 1].map((wanted) =>
    [-1, 0, 1].map((step) => ({
      next: Math.min(tilts.length - 1, Math.max(0, state + step)),
      probability: 0.1 / 3 + (step === wanted ? 0.9 : 0),
    })),
  ),
);
const pole: TabularMdp = {
  states: tilts.length,
  actions: 3,
  isTerminal: () => false,
  transitions: (state, action) => outcomes[state]![action]!,
};

/** What an agent does that is perfect for these rewards: where it is after each of 60 steps from a random tilt. */
export function balance(rewards: readonly number[]): number[][] {
  const reward = standardised(rewards);
  const { q } = valueIteration(pole, (state) => reward[state]!, { gamma: 0.95, sweeps: 200 });
  const actions = q.map((values) => values.indexOf(Math.max(...values)));
  const where = [tilts.map(() => 1 / tilts.length)];
  for (let t = 0; t < 60; t++) {
    const after = tilts.map(() => 0);
    actions.forEach((action, state) => {
      for (const { next, probability } of pole.transitions(state, action)) {
        after[next]! += probability * where[t]![state]!;
      }
    });
    where.push(after);
  }
  return where;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'vlm-rm',
  question:
    'Does projecting onto the goal-baseline line make an imperfect image-text encoder a better reward, and how does reward quality scale with encoder quality?',
  seeds: 40,
  params: {
    alpha: float(0.5, { min: 0, max: 1, about: 'strength of the regularisation' }),
  },
  arms: {
    regularised: { role: 'method', about: 'pulled onto the line from the opposite of the goal to the goal' },
    clip: { role: 'baseline', about: 'cosine similarity with the goal: alpha = 0' },
    centred: { role: 'baseline', about: 'cosine similarity after the mean image is taken off' },
    any_baseline: { role: 'baseline', about: 'as regularised, with a sentence about any state as baseline' },
    no_baseline: { role: 'ablation', about: 'pulled onto the line from the origin to the goal' },
    true_reward: { role: 'reference', about: 'the true reward, -|x|' },
  },
  metrics: {
    epic: { better: 'lower', unit: 'distance', about: 'EPIC distance to the true reward', step: 'imperfection' },
    argmax_error: { better: 'lower', unit: 'tilt', about: '|x| of the state with most reward', step: 'imperfection' },
    success: {
      better: 'higher',
      unit: 'probability',
      about: 'that the pole ends within 0.1 of 0',
      step: 'imperfection',
    },
  },
  trial({ arm, params, rng, log, show }) {
    const { alpha } = params;
    for (const nu of qualities) {
      const encoder = drawEncoder(rng.split('encoder'), nu);
      const rewards = rewardsOf(arm, encoder, alpha);
      const best = rewards.indexOf(Math.max(...rewards));
      const where = balance(rewards);
      const upright = where.at(-1)!.filter((_, i) => Math.abs(tilts[i]!) <= 0.1);
      const success = upright.reduce((sum, share) => sum + share, 0);
      log(nu, { epic: epic(rewards, truth), argmax_error: Math.abs(tilts[best]!), success });
      if (nu !== 1.2) continue;
      show('rewards', rewardFigure(encoder, rewards, alpha));
      show('pole', {
        title: 'Where the agent of a medium encoder (nu = 1.2) is',
        x: { label: 'tilt', min: -1, max: 1 },
        y: { label: 'step', min: 0, max: 60 },
        layers: [{ type: 'heatmap', label: 'probability', values: where }],
      });
    }
  },
  claim: {
    statement:
      'Goal-baseline regularisation brings the reward of a weak encoder closer to the truth, and better encoders give better rewards with failures confined to small ones.',
    check({ at, paired }) {
      const medium = qualities.indexOf(1.2);
      const value = (curve: Curve) => curve.values[medium]!;
      const distance = (arm: RewardRule, nu: number) => at(arm, 'epic', nu, 'mean');
      const rise = (metric: 'success' | 'argmax_error') =>
        paired((of) => value(of('regularised', metric)) - value(of('clip', metric)), 'mean');
      const [own, clip, any] = (['regularised', 'clip', 'any_baseline'] as const).map((arm) => distance(arm, 1.2));
      const steps = [0.4, 0.8, 1.2, 2].map((nu) => distance('clip', nu));
      return [
        atMost('EPIC distance at nu = 1.2, regularised over CLIP', own! / clip!, 0.85),
        atMost('EPIC distance at nu = 1.2, opposite baseline over any baseline', own! / any!, 1),
        atLeast('EPIC distance of CLIP, nu = 0.8 minus 0.4', steps[1]! - steps[0]!, 0.03),
        atLeast('EPIC distance of CLIP, nu = 1.2 minus 0.8', steps[2]! - steps[1]!, 0.03),
        atLeast('EPIC distance of CLIP, nu = 2 minus 1.2', steps[3]! - steps[2]!, 0.03),
        atMost('tilt with most reward at nu = 1.2, regularised minus CLIP', rise('argmax_error'), 0),
        atLeast('success at nu = 1.2, regularised minus CLIP', rise('success'), 0),
      ];
    },
  },
});

/** Rewards of one encoder for three strengths against the truth, all standardised. */
function rewardFigure(encoder: ReturnType<typeof drawEncoder>, rewards: readonly number[], alpha: number): Figure {
  const line = (label: string, y: readonly number[]) => ({
    type: 'line' as const,
    label,
    x: tilts,
    y: standardised(y),
  });
  const strengths = [0, alpha, 1].map((strength) =>
    line(`alpha = ${strength}`, rewardsOf('regularised', encoder, strength)),
  );
  return {
    title: 'Rewards of a medium encoder (nu = 1.2), standardised',
    x: { label: 'tilt', min: -1, max: 1 },
    y: { label: 'reward' },
    layers: [line('truth', truth), ...strengths, line('of this arm', rewards)],
  };
}
