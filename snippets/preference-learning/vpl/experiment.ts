import { atLeast, atMost, denseNetwork, experiment, float, int, logistic, mean, prefersFirst } from 'marginalia';
import type { Curve, DenseNetwork, Figure, Rng } from 'marginalia';

// Personalizing Reinforcement Learning from Human Feedback with Variational Preference Learning
// Poddar, Wan, Ivison, Gupta and Jaques, NeurIPS 2024, arXiv 2408.10075
//
// An encoder reads a few comparisons of one person and says where that person's latent vector z lies; the reward sees the
// state and z (equation: Latent-conditioned Bradley-Terry). Both learn from the evidence lower bound of all the person's
// labels (equation: Evidence lower bound). Here states are points of a square, and people want to be near one of four corners,
// so that their labels contradict each other when they are pooled.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet vpl-elbo
/**
 * Negative evidence lower bound of one person's labels, in nats (VPL, arXiv 2408.10075).
 *
 * logits: r(A, z) - r(B, z) for each comparison, with z drawn from the posterior; labels: 1 where A was preferred, else 0.
 * mean, logVar: of the posterior over z that the encoder gives, diagonal; the prior is N(0, I). klWeight: small, or raised
 * slowly, since the posterior collapses onto the prior otherwise.
 */
function vplLoss(logits: number[], labels: number[], mean: number[], logVar: number[], klWeight: number): number {
  // -log of the logistic function at x or -x, without overflow.
  const crossEntropy = logits.map((x, i) => Math.max(x, 0) - labels[i]! * x + Math.log1p(Math.exp(-Math.abs(x))));
  const divergence = mean.map((m, k) => 0.5 * (m * m + Math.exp(logVar[k]!) - 1 - logVar[k]!));
  return crossEntropy.reduce((a, b) => a + b, 0) + klWeight * divergence.reduce((a, b) => a + b, 0);
}
// #endregion

export interface Model {
  /** Maps the context to the mean and the logarithm of the variance of z; without one z is given. */
  readonly encoder: DenseNetwork | undefined;
  /** Maps [state, z] to a reward. */
  readonly reward: DenseNetwork;
  readonly latent: number;
  /** Comparisons that the encoder sees. */
  readonly contextPairs: number;
}

/** What the encoder makes of the first comparisons of each person: it reads [ax, ay, bx, by, 1 or -1] of each. */
function posteriors({ encoder, latent, contextPairs }: Model, people: readonly Person[]) {
  const inputs = new Float32Array(5 * contextPairs * people.length);
  people.forEach(({ states, labels }, p) => {
    for (let i = 0; i < contextPairs; i++) {
      const at = 5 * (p * contextPairs + i);
      inputs.set(states.subarray(4 * i, 4 * i + 4), at);
      inputs[at + 4] = 2 * labels[i]! - 1;
    }
  });
  const codes = encoder!.forward(inputs, people.length);
  return people.map((_, p) => {
    const code = [...codes.subarray(2 * latent * p, 2 * latent * (p + 1))];
    return { mean: code.slice(0, latent), logVar: code.slice(latent).map((x) => Math.max(-6, Math.min(3, x))) };
  });
}

/** Differences of reward r(A, z) - r(B, z) for the pairs of each person, in turn. */
function rewardDifferences({ reward, latent }: Model, people: readonly Person[], z: readonly number[][]): number[] {
  const pairs = people[0]!.labels.length;
  const rows = new Float32Array(2 * pairs * people.length * (2 + latent));
  people.forEach(({ states }, p) => {
    for (let i = 0; i < 2 * pairs; i++) {
      rows.set([states[2 * i]!, states[2 * i + 1]!, ...z[p]!], (2 * pairs * p + i) * (2 + latent));
    }
  });
  const r = reward.forward(rows, 2 * pairs * people.length);
  return Array.from({ length: pairs * people.length }, (_, i) => r[2 * i]! - r[2 * i + 1]!);
}

/**
 * Losses of a batch of people, mean divergence of their posteriors, and the gradients of the mean loss in the networks.
 *
 * @param contexts whose first comparisons the encoder sees for each of them.
 * @param given z of each person where there is no encoder.
 * @param noise standard normals, people x latent.
 */
export function backpropagate(
  model: Model,
  people: readonly Person[],
  contexts: readonly Person[],
  { given, noise, klWeight }: { given: readonly number[][]; noise: readonly number[]; klWeight: number },
) {
  const { encoder, reward, latent } = model;
  const pairs = people[0]!.labels.length;
  const q = encoder === undefined ? undefined : posteriors(model, contexts);
  const shift = (p: number, k: number) => Math.exp(q![p]!.logVar[k]! / 2) * noise[p * latent + k]!;
  const z = q === undefined ? given : q.map((one, p) => one.mean.map((m, k) => m + shift(p, k)));
  const logits = rewardDifferences(model, people, z);
  const labels = people.flatMap((person) => [...person.labels]);
  const losses = people.map((person, p) => {
    const own = logits.slice(p * pairs, (p + 1) * pairs);
    return vplLoss(own, [...person.labels], q?.[p]!.mean ?? [], q?.[p]!.logVar ?? [], klWeight);
  });

  const share = 1 / labels.length;
  reward.backward(logits.flatMap((x, i) => [share * (logistic(x) - labels[i]!), share * (labels[i]! - logistic(x))]));
  if (q === undefined) return { losses, divergence: 0 };
  const back = reward.inputGradient();
  const byCode = q.flatMap(({ mean: m, logVar }, p) => {
    const byZ = new Array<number>(latent).fill(0);
    for (let row = 2 * pairs * p; row < 2 * pairs * (p + 1); row++) {
      for (let k = 0; k < latent; k++) byZ[k]! += back[row * (2 + latent) + 2 + k]!;
    }
    const byLogVar = logVar.map((x, k) => (byZ[k]! * shift(p, k) + share * klWeight * (Math.exp(x) - 1)) / 2);
    // Nothing comes back through the limits of the variance.
    const inside = logVar.map((x) => (x > -6 && x < 3 ? 1 : 0));
    return [...m.map((x, k) => byZ[k]! + share * klWeight * x), ...byLogVar.map((g, k) => g * inside[k]!)];
  });
  encoder!.backward(byCode);
  return { losses, divergence: mean(q.map(({ mean: m, logVar }) => vplLoss([], [], m, logVar, 1))) };
}

// --- The testbed: people who want to be in different corners --------------------------------------------------------------

/** A person's comparisons: of each pair the two states [ax, ay, bx, by], and 1 where the first was preferred, else 0. */
export interface Person {
  readonly goal: number;
  readonly states: Float32Array;
  readonly labels: Float32Array;
}

type Goal = readonly [number, number];

/** Four corners, or as many goals as there are kinds of people on a circle. */
export const goalsOf = (users: number): Goal[] =>
  Array.from({ length: users }, (_, g) => {
    const [angle, radius] = [(2 * Math.PI * (g + 0.5)) / users, users === 4 ? 0.7 * Math.SQRT2 : 1];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

/** By how much nearer to a goal the first state of a pair lies. */
const nearer = ([x, y]: Goal, states: Float32Array, pair: number) =>
  Math.hypot(states[4 * pair + 2]! - x, states[4 * pair + 3]! - y) -
  Math.hypot(states[4 * pair]! - x, states[4 * pair + 1]! - y);

/** A person with one of the goals, and noisy answers to random pairs of states. */
export function drawPerson(rng: Rng, goals: readonly Goal[], pairs: number, noise: number): Person {
  const goal = rng.int(0, goals.length);
  const states = Float32Array.from({ length: 4 * pairs }, () => rng.uniform(-1, 1));
  const answer = (_: unknown, i: number) => (prefersFirst(nearer(goals[goal]!, states, i), 0, rng, noise) ? 1 : 0);
  return { goal, states, labels: Float32Array.from({ length: pairs }, answer) };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const [batch, hidden, rate] = [16, 48, 3e-3];

export default experiment({
  paper: 'vpl',
  question:
    "With contradictory annotators, does a latent inferred from eight of a new person's comparisons predict their other preferences, where one shared reward model cannot?",
  seeds: 5,
  params: {
    steps: int(2500, { min: 100, max: 10000, about: 'gradient steps with 16 new people each' }),
    users: int(4, { min: 1, max: 12, about: 'kinds of people: goals, on a circle of radius 1 where not 4' }),
    latentDim: int(2, { min: 1, max: 8, about: 'dimension of z' }),
    contextPairs: int(8, { min: 1, max: 16, about: 'comparisons that the encoder sees' }),
    klWeight: float(0.02, { min: 0, max: 1, about: 'beta' }),
    labelTemp: float(0.1, { min: 0.01, max: 2, about: 'noise of the answers, in units of distance' }),
  },
  arms: {
    vpl: { role: 'method', about: "z from the person's own comparisons" },
    bradley_terry: { role: 'baseline', about: 'one reward for all: z = 0' },
    shuffled: { role: 'ablation', about: "z from another person's comparisons" },
    full_kl: { role: 'ablation', about: 'VPL with beta = 1 from the start' },
    oracle: { role: 'reference', about: 'the true goal in place of z' },
  },
  metrics: {
    acc: { better: 'higher', unit: 'share', about: 'pairs of new people that are ordered as they would' },
    elbo: { better: 'higher', unit: 'nats', about: 'weighted lower bound a person, mean of the batch' },
    kl: { better: 'neither', unit: 'nats', about: 'of the posterior from the prior; 0 means collapse' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { steps, users, contextPairs, labelTemp } = params;
    const klWeight = arm === 'full_kl' ? 1 : params.klWeight;
    const hasEncoder = arm === 'vpl' || arm === 'shuffled' || arm === 'full_kl';
    const latent = arm === 'oracle' ? users : params.latentDim;
    const network = (name: string, sizes: readonly number[]) =>
      denseNetwork(rng.split(name), { sizes, activation: 'tanh', optimizer: { type: 'adam', rate } });
    const encoder = hasEncoder ? network('encoder', [5 * contextPairs, hidden, 2 * latent]) : undefined;
    const model = { encoder, reward: network('reward', [2 + latent, hidden, 1]), latent, contextPairs };

    const [trainRng, noiseRng, testRng] = [rng.split('people'), rng.split('noise'), rng.split('test people')];
    const goals = goalsOf(users);
    const draw = (from: Rng, count: number, fresh: number) =>
      Array.from({ length: count }, () => drawPerson(from, goals, contextPairs + fresh, labelTemp));
    const contextsOf = (people: readonly Person[]) =>
      arm === 'shuffled' ? people.map((_, p) => people[(p + 1) % people.length]!) : people;
    const givenTo = (one: Person) => Array.from({ length: latent }, (_, k) => +(arm === 'oracle' && k === one.goal));

    const people = draw(testRng, 100, 20);
    const fresh = people.map(({ goal, states, labels }) => {
      return { goal, states: states.subarray(4 * contextPairs), labels: labels.subarray(contextPairs) };
    });
    // As the people would order them without noise.
    const order = fresh.flatMap((one) => Array.from(one.labels, (_, i) => nearer(goals[one.goal]!, one.states, i) > 0));
    const infer = () => (hasEncoder ? posteriors(model, contextsOf(people)).map((q) => q.mean) : people.map(givenTo));
    const accuracy = () => mean(rewardDifferences(model, fresh, infer()).map((x, i) => (x > 0 === order[i] ? 1 : 0)));

    const every = Math.ceil(steps / 20);
    for (let step = 1; step <= steps; step++) {
      const drawn = draw(trainRng, batch, 4);
      const noise = Array.from({ length: batch * latent }, () => noiseRng.normal());
      const given = drawn.map(givenTo);
      const { losses, divergence } = backpropagate(model, drawn, contextsOf(drawn), { given, noise, klWeight });
      encoder?.step();
      model.reward.step();
      if (step % every === 0 || step === steps) log(step, { acc: accuracy(), elbo: -mean(losses), kl: divergence });
      progress(step / steps);
    }

    const z = infer();
    if (hasEncoder) show('latent', latentFigure(people, z));
    for (const goal of arm === 'bradley_terry' ? [0] : goals.keys()) {
      const someone = people.findIndex((person) => person.goal === goal);
      if (someone >= 0) show(`reward ${goal}`, rewardFigure(model, z[someone]!));
    }
  },

  claim: {
    statement:
      "A latent-conditioned reward inferred from a few comparisons predicts new people's preferences where a pooled reward model is near chance, and the gain vanishes if the context is not theirs.",
    check: ({ final, paired }) => {
      type Of = (arm: 'vpl' | 'bradley_terry' | 'shuffled', metric: 'acc') => Curve;
      const last = (of: Of, arm: 'vpl' | 'bradley_terry' | 'shuffled') => of(arm, 'acc').values.at(-1)!;
      const above = (arm: 'vpl' | 'shuffled') => paired((of: Of) => last(of, arm) - last(of, 'bradley_terry'));
      return [
        atLeast('accuracy, VPL minus Bradley-Terry', above('vpl'), 0.2),
        atLeast('accuracy, VPL', final('vpl', 'acc'), 0.8),
        atMost("accuracy with another person's context minus Bradley-Terry", above('shuffled'), 0.05),
      ];
    },
  },
});

function latentFigure(people: readonly Person[], z: readonly number[][]): Figure {
  const [x, y] = [z.map((one) => one[0]!), z.map((one) => one[1] ?? 0)];
  const layer = { type: 'points', label: 'goal', x, y, value: people.map(({ goal }) => goal) } as const;
  return { title: 'Where the encoder puts new people', x: { label: 'z 1' }, y: { label: 'z 2' }, layers: [layer] };
}

function rewardFigure({ reward }: Model, z: readonly number[]): Figure {
  const grid = Array.from({ length: 21 }, (_, n) => (n - 10) / 10);
  const row = (y: number) => grid.flatMap((x) => [x, y, ...z]);
  const layer = { type: 'heatmap', label: 'reward', values: grid.map((y) => [...reward.forward(row(y), 21)]) } as const;
  const axis = { label: '', min: -1, max: 1 };
  return { title: 'Reward of states for one person', x: axis, y: axis, layers: [layer] };
}
