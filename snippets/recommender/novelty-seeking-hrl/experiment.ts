import { areaUnderCurve, atLeast, experiment, float, int, logistic, mean, softmax, type Curve } from 'marginalia';

// Hierarchical Reinforcement Learning for Modeling User Novelty-Seeking Intent in Recommender Systems
// Li, Wang, Chi and Chen, arXiv 2306.01476
//
// How much novelty a user wants is a lasting trait and a mood of the session. The high level chooses a propensity z from a
// summary of past sessions and one of this session; the low level recommends given z (equation: Two-level decision). Clicks on
// what is novel pay a bonus (equation: Reward with novelty and diversity), and both levels climb the same advantage (equation:
// Policy gradient of both levels). Items are one bit here, novel or familiar, and both policies are tables, which all users share.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet novelty-propensity
/**
 * What the high level sees of a user: the summaries of past sessions and of this one, in buckets.
 *
 * @param longTerm shown novel items, all sessions together, and clicks on them. Clicks on familiar items tell of relevance.
 * @param session counts since the session began; to be set to 0 with each new one.
 * @returns [static bucket 0..4, session bucket 0..2], both growing with the appetite for novelty.
 */
export function intentState(
  longTerm: { clicks: number; trials: number },
  session: { novelClicks: number; novelTrials: number; famClicks: number; famTrials: number },
): [number, number] {
  // Share of sessions in the mood for novelty, in which 0.6 of the novel items are clicked; 1/2 before anything is known.
  const trait = (1 + longTerm.clicks / 0.6) / (2 + longTerm.trials);
  // Log-odds of that mood now, with what each outcome says for it: 1.8 = log(0.6 / 0.1), -0.8 = log(0.4 / 0.9), and so on.
  const odds =
    1.8 * session.novelClicks -
    0.8 * (session.novelTrials - session.novelClicks) +
    0.5 * (session.famTrials - session.famClicks) -
    0.9 * session.famClicks;
  return [Math.min(4, Math.floor(5 * trait)), odds < -0.8 ? 0 : odds > 0.8 ? 2 : 1];
}
// #endregion

/** Logits of both levels, and what reward the high level expects. */
export interface Policies {
  /** Logits of the options z by context. */
  readonly high: readonly Float64Array[];
  /** Logit of a novel item by option. */
  readonly low: Float64Array;
  /** Expected reward by context. */
  readonly value: Float64Array;
}

/** Three propensities; the names of the options mean something from the start: seldom, half of the time, mostly. */
export function createPolicies(contexts: number): Policies {
  return {
    high: Array.from({ length: contexts }, () => new Float64Array(3)),
    low: Float64Array.of(-2, 0, 2),
    value: new Float64Array(contexts).fill(0.5),
  };
}

/** Probability of a novel item: sum over z of pi_hi(z) pi_lo(novel | z). */
export function propensity({ high, low }: Policies, context: number): number {
  return softmax(high[context]!).reduce((sum, p, z) => sum + p * logistic(low[z]!), 0);
}

/** One step up the gradient of both levels, in place, with the advantage over what the context is worth. */
export function climb(policies: Policies, context: number, z: number, novel: boolean, reward: number, rate: number) {
  const { high, low, value } = policies;
  const advantage = reward - value[context]!;
  softmax(high[context]!).forEach((p, i) => (high[context]![i]! += rate * ((i === z ? 1 : 0) - p) * advantage));
  low[z]! += rate * ((novel ? 1 : 0) - logistic(low[z]!)) * advantage;
  value[context]! += rate * advantage;
}

// --- The testbed: users with a trait and moods ----------------------------------------------------------------------------

const clickRates = { seeking: { novel: 0.6, familiar: 0.2 }, calm: { novel: 0.1, familiar: 0.5 } };
const stepsPerSession = 10;

/** What the models may know of a user, counted as it happens. */
function visitor(trait: number) {
  return {
    trait,
    /** Hidden from all but the oracle. */
    seeking: false,
    novel: { clicks: 0, trials: 0 },
    all: { clicks: 0, trials: 0 },
    session: { novelClicks: 0, novelTrials: 0, famClicks: 0, famTrials: 0 },
    /** 0 before the first item of a session, then 1 to 4. */
    lastOutcome: 0,
  };
}
type Visitor = ReturnType<typeof visitor>;

function count(user: Visitor, novel: boolean, click: boolean): void {
  const clicked = click ? 1 : 0;
  user.all.trials++;
  user.all.clicks += clicked;
  user.session[novel ? 'novelTrials' : 'famTrials']++;
  user.session[novel ? 'novelClicks' : 'famClicks'] += clicked;
  if (novel) {
    user.novel.trials++;
    user.novel.clicks += clicked;
  }
  user.lastOutcome = 1 + 2 * (novel ? 1 : 0) + clicked;
}

/** The context that each model gives to its high level, out of 15 at most. */
const contextOf = {
  hierarchical: ({ novel, session }: Visitor) => contextNumber(intentState(novel, session)),
  session_only: ({ novel, session }: Visitor) => intentState(novel, session)[1],
  static_only: ({ novel, session }: Visitor) => intentState(novel, session)[0],
  all_clicks: ({ all, session }: Visitor) => contextNumber(intentState(all, session)),
  flat: ({ lastOutcome }: Visitor) => lastOutcome,
  none: () => 0,
  oracle: ({ seeking }: Visitor) => (seeking ? 1 : 0),
};
const contextNumber = ([trait, mood]: readonly [number, number]) => 3 * trait + mood;

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'novelty-seeking-hrl',
  question:
    'Does modelling novelty appetite at both the user and the session level beat either level alone and a policy that models neither?',
  seeds: 12,
  params: {
    users: int(200, { min: 20, max: 2000, about: 'simulated users, who share all tables' }),
    sessions: int(30, { min: 11, max: 200, about: 'sessions of ten items a user; the last ten are measured' }),
    flip: float(0.05, { min: 0, max: 0.5, about: 'probability that the mood changes before an item' }),
    spread: float(0.4, { min: 0, max: 0.5, about: 'how far traits lie from 1/2; at 0 all users are alike' }),
    novelty_bonus: float(0.2, { min: 0, max: 1, about: 'reward of a click on a novel item beyond 1, lambda_1' }),
    rate: float(0.1, { min: 0.001, max: 1, about: 'step size of both levels' }),
  },
  arms: {
    hierarchical: { role: 'method', about: 'summaries of past sessions and of this one' },
    session_only: { role: 'ablation', about: 'the summary of this session' },
    static_only: { role: 'ablation', about: 'the summary of past sessions' },
    all_clicks: { role: 'ablation', about: 'both, the trait taken from clicks on anything' },
    flat: { role: 'baseline', about: 'the outcome of the last item' },
    none: { role: 'baseline', about: 'the same propensity for everyone' },
    oracle: { role: 'reference', about: 'knows the mood' },
  },
  metrics: {
    click_rate: { better: 'higher', unit: 'fraction', about: 'of the items of a session', step: 'session' },
    novel_share_gap: {
      better: 'higher',
      unit: 'fraction',
      about: 'novel items for the users with the highest trait minus those for the lowest',
      step: 'session',
    },
    intent_auc: { better: 'higher', unit: 'area', about: 'propensity as a score for the mood', step: 'session' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { users, sessions, flip, spread, novelty_bonus, rate } = params;
    const [traits, moods] = [rng.split('traits'), rng.split('moods')];
    const [choices, clicks] = [rng.split('choices'), rng.split('clicks')];
    const offsets = [-1, 0, 1];
    const visitors = Array.from({ length: users }, () => visitor(0.5 + spread * offsets[traits.weighted([4, 3, 3])]!));
    const policies = createPolicies(15);
    /** Propensities in the last ten sessions by position, of sessions that began in the mood and not. */
    const courses = [0, 1].map(() => Array.from({ length: stepsPerSession }, () => ({ sum: 0, count: 0 })));

    for (let session = 1; session <= sessions; session++) {
      const scores: number[] = [];
      const seeking: boolean[] = [];
      let clicked = 0;
      for (const user of visitors) {
        user.session = { novelClicks: 0, novelTrials: 0, famClicks: 0, famTrials: 0 };
        user.lastOutcome = 0;
        user.seeking = moods.uniform() < user.trait;
        const began = user.seeking ? 1 : 0;
        for (let t = 0; t < stepsPerSession; t++) {
          if (moods.uniform() < flip && t > 0) user.seeking = !user.seeking;
          const context = contextOf[arm](user);
          const z = choices.weighted(softmax(policies.high[context]!));
          const novel = choices.uniform() < logistic(policies.low[z]!);
          const rates = clickRates[user.seeking ? 'seeking' : 'calm'];
          const click = clicks.uniform() < (novel ? rates.novel : rates.familiar);

          const wanted = propensity(policies, context);
          scores.push(wanted);
          seeking.push(user.seeking);
          clicked += click ? 1 : 0;
          const course = courses[began]![t]!;
          if (session > sessions - 10) [course.sum, course.count] = [course.sum + wanted, course.count + 1];
          climb(policies, context, z, novel, click ? 1 + (novel ? novelty_bonus : 0) : 0, rate);
          count(user, novel, click);
        }
      }
      const shareOf = (sign: number) => {
        const own = visitors.flatMap(({ trait }, u) => (Math.sign(trait - 0.5) === sign ? [u] : []));
        return mean(own.flatMap((u) => scores.slice(u * stepsPerSession, (u + 1) * stepsPerSession)));
      };
      log(session, {
        click_rate: clicked / (users * stepsPerSession),
        novel_share_gap: spread === 0 ? 0 : shareOf(1) - shareOf(-1),
        intent_auc: areaUnderCurve(scores, seeking),
      });
      progress(session / sessions);
    }

    if (arm === 'hierarchical') {
      show('propensity', {
        title: 'Propensity by what is known of the user and of the session',
        x: { label: 'session: outcomes for novelty', min: 0, max: 3, categories: ['against', 'open', 'for'] },
        y: { label: 'trait estimate', min: 0, max: 1 },
        layers: [
          {
            type: 'heatmap',
            label: 'probability of a novel item',
            min: 0,
            max: 1,
            values: [0, 1, 2, 3, 4].map((b1) => [0, 1, 2].map((b2) => propensity(policies, contextNumber([b1, b2])))),
          },
        ],
      });
    }
    show('course', {
      title: 'Propensity during a session',
      x: { label: 'item', min: 1, max: stepsPerSession },
      y: { label: 'probability of a novel item', min: 0, max: 1 },
      layers: courses.map((course, i) => ({
        type: 'line',
        label: i === 1 ? 'began in the mood for novelty' : 'began in no mood for it',
        x: course.map((_, t) => t + 1),
        y: course.map(({ sum, count }) => sum / Math.max(count, 1)),
      })),
    });
  },

  claim: {
    statement:
      'Modelling both the static and the session-level intent gives better recommendations than either alone or none.',
    check({ paired }) {
      const late = ({ values }: Curve) => mean(values.slice(-10));
      const ahead = (rival: 'session_only' | 'static_only' | 'flat' | 'none') =>
        paired((of) => late(of('hierarchical', 'click_rate')) - late(of(rival, 'click_rate')));
      return [
        atLeast('click rate, both levels minus session alone', ahead('session_only'), 0.01),
        atLeast('click rate, both levels minus trait alone', ahead('static_only'), 0.015),
        atLeast('click rate, both levels minus last outcome', ahead('flat'), 0.02),
        atLeast('click rate, both levels minus no personalisation', ahead('none'), 0.05),
      ];
    },
  },
});
