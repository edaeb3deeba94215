import { atLeast, experiment, float, int, logistic, mean, softmax, type Figure, type Rng } from 'marginalia';

// Tree Search for Language Model Agents
// Koh, McAleer, Fried and Salakhutdinov, 2024, arXiv 2407.01476
//
// Best-first search around an agent that is left as it is: what the agent would do in a state is executed, each state that is
// reached is scored by many votes of a value function (equation: Value by self-consistency voting), and the most promising one
// is gone on from (equation: Best-first step). Here the environment is a random graph of pages, the agent a softmax over links
// that misjudges some of them in every run alike, and the value function a judge whose single votes say little.

const [pages, links, actionSamples, stopAt] = [60, 6, 20, 0.85];

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet lm-tree-search
/**
 * Best-first search for a language-model agent (arXiv 2407.01476): the best state that it found.
 *
 * @param propose distinct candidate actions in a state: sample many from the agent, keep the most frequent ones.
 * @param execute the state after an action. Go there by a reset and a replay of the actions so far.
 * @param value estimate that a state solves the task, 0 to 1, a mean over many votes.
 * @param opts.budget largest number of expanded states, c; `depth` of actions from the start, d; `stopAt` value that ends it.
 */
export function bestFirstAgent<S>(
  start: S,
  propose: (s: S) => number[],
  execute: (s: S, a: number) => S,
  value: (s: S) => number,
  opts: { budget: number; depth: number; stopAt: number },
): { state: S; expansions: number } {
  const frontier = [{ state: start, depth: 0, value: value(start) }];
  let best = { state: start, value: -1 };
  let expansions = 0;
  while (frontier.length > 0 && expansions < opts.budget) {
    const top = frontier.reduce((most, node, i) => (node.value > frontier[most]!.value ? i : most), 0);
    const node = frontier.splice(top, 1)[0]!;
    expansions++;
    if (node.value > best.value) best = node;
    if (node.value >= opts.stopAt) break;
    if (node.depth >= opts.depth) continue;
    for (const action of propose(node.state)) {
      const state = execute(node.state, action);
      frontier.push({ state, depth: node.depth + 1, value: value(state) });
    }
  }
  return { state: best.state, expansions };
}
// #endregion

// --- The testbed: pages with links, an agent and a judge --------------------------------------------------------------------

export type Site = ReturnType<typeof drawSite>;

/** A site whose target is 3 or 4 clicks from page 0; `distance` is the fewest clicks to the target, 99 where there is no way. */
export function drawSite(rng: Rng, valueNoise: number) {
  const all = [...Array(pages).keys()];
  for (;;) {
    const out = all.map((page) => rng.shuffle(all.filter((other) => other !== page)).slice(0, links));
    const target = rng.int(1, pages);
    const distance: number[] = all.map((page) => (page === target ? 0 : 99));
    for (let clicks = 1; clicks < pages; clicks++) {
      for (const page of all) {
        if (distance[page] === 99 && out[page]!.some((next) => distance[next] === clicks - 1)) distance[page] = clicks;
      }
    }
    // How likely the agent is to take each link of a page, and how the judge misjudges the page, in log-odds.
    const agent = all.map((page) => softmax(out[page]!.map((next) => -distance[next]! + rng.normal(0, 1.2))));
    const site = { links: out, target, distance, agent, misjudged: all.map(() => rng.normal(0, valueNoise)) };
    if (distance[0] === 3 || distance[0] === 4) return site;
  }
}

/** Mean of votes on a page: 1 success, 0.5 on the right track, 0 otherwise. */
export function judge(site: Site, page: number, votes: number, rng: Rng): number {
  const done = (site.distance[0]! - site.distance[page]!) / site.distance[0]!;
  const onTrack = logistic(3 * (done - 0.5) + site.misjudged[page]!);
  const vote = () => {
    if (page === site.target) return rng.uniform() < 0.9 ? 1 : 0.5;
    if (rng.uniform() < 0.03) return 1;
    return rng.uniform() < onTrack ? 0.5 : 0;
  };
  return mean(Array.from({ length: votes }, vote));
}

/** The links that the agent takes most often in 20 samples, each once. */
function proposals(site: Site, page: number, most: number, rng: Rng): number[] {
  const counts = new Array<number>(links).fill(0);
  for (let i = 0; i < actionSamples; i++) counts[rng.weighted(site.agent[page]!)]!++;
  const taken = [...counts.keys()].filter((link) => counts[link]! > 0);
  return taken.sort((a, b) => counts[b]! - counts[a]!).slice(0, most);
}

type Settings = Readonly<Record<'budget' | 'branching' | 'depth' | 'votes', number>>;

/** Where a search came, and from where. */
export interface Visit {
  readonly page: number;
  readonly depth: number;
  readonly from?: Visit;
}

/** The method on a site; `seen` is told of every state with its value. `steps` counts actions, replayed ones included. */
export function search(site: Site, settings: Settings, rng: Rng, seen?: (visit: Visit, value: number) => void) {
  let steps = 0;
  const { state, expansions } = bestFirstAgent<Visit>(
    { page: 0, depth: 0 },
    ({ page }) => proposals(site, page, settings.branching, rng),
    (from, link) => {
      steps += from.depth + 1;
      return { page: site.links[from.page]![link]!, depth: from.depth + 1, from };
    },
    (visit) => {
      const value = judge(site, visit.page, settings.votes, rng);
      seen?.(visit, value);
      return value;
    },
    { ...settings, stopAt },
  );
  return { page: state.page, expansions, steps };
}

/** Runs of the agent alone, until it thinks that it is there, within so many steps; the judge's favourite page is kept. */
function bestOfRuns(site: Site, { depth, votes }: Settings, allowed: number, rng: Rng) {
  let [page, best, steps] = [0, -1, 0];
  while (steps < allowed && best < stopAt) {
    let [at, clicks] = [0, 0];
    for (; clicks < depth && rng.uniform() >= (at === site.target ? 0.9 : 0.03); clicks++) {
      at = site.links[at]![rng.weighted(site.agent[at]!)]!;
    }
    const value = judge(site, at, votes, rng);
    if (value > best) [page, best] = [at, value];
    steps += Math.max(clicks, 1);
  }
  return { page, expansions: 0, steps };
}

/** The best child of the best child, and so on, with no way back; each is reached by a replay, as in the search. */
function greedy(site: Site, { branching, depth, votes }: Settings, rng: Rng) {
  let [page, value, expansions] = [0, judge(site, 0, votes, rng), 0];
  for (; expansions < depth && value < stopAt; expansions++) {
    const children = proposals(site, page, branching, rng).map((link) => site.links[page]![link]!);
    const values = children.map((child) => judge(site, child, votes, rng));
    value = Math.max(...values);
    page = children[values.indexOf(value)]!;
  }
  return { page, expansions, steps: (branching * expansions * (expansions + 1)) / 2 };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'lm-agent-tree-search',
  question:
    'How does wrapping the same stochastic agent in best-first search with a noisy voted value change its success rate, and how does success scale with search budget, depth and branching?',

  params: {
    branching: int(5, { min: 1, max: 6, about: 'children of a state, b' }),
    depth: int(5, { min: 1, max: 8, about: 'longest way from the start, d' }),
    votes: int(20, { min: 1, max: 50, about: 'votes on a state, n' }),
    value_noise: float(1, { min: 0, max: 6, about: "deviation of the judge's misjudgement of pages, in log-odds" }),
    tasks: int(200, { min: 10, max: 2000, about: 'sites with a target each' }),
  },
  arms: {
    search: { role: 'method', about: 'best-first search' },
    single: { role: 'baseline', about: 'one run of the agent, no search' },
    restarts: { role: 'baseline', about: 'best of as many runs as the steps of the search allow' },
    greedy: { role: 'ablation', about: 'the best child at every step, no way back' },
    one_vote: { role: 'ablation', about: 'search with a single vote on a state' },
    one_child: { role: 'ablation', about: 'search with one child a state' },
  },
  metrics: {
    success_rate: { better: 'higher', unit: 'fraction', about: 'tasks that end on the target', step: 'budget' },
    expansions: { better: 'lower', unit: 'states', about: 'expanded, mean', step: 'budget' },
    env_steps: { better: 'lower', unit: 'actions', about: 'executed, mean, replay included', step: 'budget' },
  },

  trial({ arm, params, rng, log, show }) {
    const worlds = rng.split('sites');
    const sites = Array.from({ length: params.tasks }, () => drawSite(worlds, params.value_noise));
    const solve = (site: Site, settings: Settings, draws: Rng) => {
      if (arm === 'single') return bestOfRuns(site, settings, 1, draws);
      if (arm === 'greedy') return greedy(site, settings, draws);
      if (arm === 'restarts') return bestOfRuns(site, settings, search(site, settings, draws).steps, draws);
      const changes = { one_vote: { votes: 1 }, one_child: { branching: 1 }, search: {} }[arm];
      return search(site, { ...settings, ...changes }, draws);
    };
    const measure = (settings: Settings) => {
      const outcomes = sites.map((site, task) => ({ site, ...solve(site, settings, rng.split(`task ${task}`)) }));
      return {
        success_rate: mean(outcomes.map(({ site, page }) => (page === site.target ? 1 : 0))),
        expansions: mean(outcomes.map(({ expansions }) => expansions)),
        env_steps: mean(outcomes.map(({ steps }) => steps)),
      };
    };
    for (const budget of [2, 5, 10, 20, 40]) log(budget, measure({ ...params, budget }));
    if (arm !== 'search') return;
    const changes = [...[1, 2, 3].flatMap((n) => [{ depth: n }, { branching: n }]), {}];
    const height = changes.map((change) => measure({ ...params, budget: 20, ...change }).success_rate);
    show('settings', {
      title: 'Success with 20 expansions, with less depth or branching',
      x: { label: '', categories: ['d = 1', 'b = 1', 'd = 2', 'b = 2', 'd = 3', 'b = 3', 'as set'] },
      y: { label: 'success rate', min: 0, max: 1 },
      layers: [{ type: 'bars', label: 'success rate', x: [...changes.keys()], height }],
    });
    show('tree', treeFigure(sites[0]!, { ...params, budget: 20 }, rng.split('task 0')));
  },

  claim: {
    statement:
      'Search around a fixed agent raises success strongly, success grows with the search budget, and averaging many value votes matters.',
    check({ at }) {
      const success = (arm: Parameters<typeof at>[0], budget = 20) => at(arm, 'success_rate', budget, 'mean');
      return [
        atLeast('success, search over the agent alone', success('search') / success('single'), 1.5),
        atLeast('success, search minus restarts of equal steps', success('search') - success('restarts'), 0.02),
        atLeast('success, 20 expansions minus 5', success('search') - success('search', 5), 0.1),
        atLeast('success, 20 votes minus 1', success('search') - success('one_vote'), 0.2),
        atLeast('success, 5 children minus 1', success('search') - success('one_child'), 0.2),
      ];
    },
  },
});

/** The tree of one search: states in the order in which they were reached, by depth, coloured by value. */
function treeFigure(site: Site, settings: Settings, rng: Rng): Figure {
  const found: { readonly visit: Visit; readonly value: number }[] = [];
  search(site, settings, rng, (visit, value) => found.push({ visit, value }));
  const y = found.map(({ visit }) => visit.depth);
  const parents = found.slice(1).map(({ visit }) => found.findIndex((other) => other.visit === visit.from));
  const dx = parents.map((parent, i) => i + 1 - parent);
  const arrows = { x: parents, y: parents.map((parent) => y[parent]!), dx, dy: parents.map(() => 1) };
  return {
    title: 'One search: from every state to its children, in the order in which they were reached',
    x: { label: 'states reached' },
    y: { label: 'actions from the start', min: -0.5, max: settings.depth + 0.5 },
    layers: [
      { type: 'arrows', label: 'action', ...arrows },
      { type: 'points', label: 'value', x: [...y.keys()], y, value: found.map(({ value }) => value) },
    ],
  };
}
