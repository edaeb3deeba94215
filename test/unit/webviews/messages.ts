import type { RunView, ToDashboard, ToPaperPage } from '../../../src/webviews/messages.ts';

type Snapshot = Extract<ToDashboard, { type: 'snapshot' }>;

const arms = ['linear', 'rex', 'oracle'];
const seeds = [0, 1, 2];

const statement = 'With few updates the reflected exponential ends at most 2 % above linear decay.';

/** A run as the extension would describe it: three arms, three seeds, a curve, a final number and a figure. */
export function runOf(change: Partial<RunView> = {}): RunView {
  return {
    record: {
      version: 1,
      id: 'run-one',
      name: 'rex',
      created: '2026-03-01T14:03:00Z',
      experiment: {
        file: '/somewhere/rex.ts',
        hash: 'ab'.repeat(32),
        description: {
          paper: 'rex',
          question: 'Does a reflected exponential beat linear decay?',
          statement,
          compute: 'autodiff',
          seeds: 3,
          params: {
            budget: { type: 'int', default: 100, min: 10, max: 1000, about: 'Updates of a trial.' },
            optimiser: { type: 'choice', default: 'sgd', choices: ['sgd', 'adam'], about: 'What is scheduled.' },
          },
          arms: {
            linear: { role: 'baseline', about: 'Linear decay.' },
            rex: { role: 'method', about: 'The schedule of the paper.' },
            oracle: { role: 'reference', about: 'The best constant rate, known beforehand.' },
          },
          metrics: {
            loss: { better: 'lower', unit: 'nats', about: 'Loss on held-out points.', step: 'update' },
            accuracy: { better: 'higher', unit: 'fraction', about: 'Share of points classified rightly.' },
          },
        },
      },
      params: { budget: 200, optimiser: 'sgd' },
      arms,
      seeds,
      backend: { name: 'wasm', version: '4.22.0', reason: 'tensorflow is not installed' },
      jobs: 1,
      threads: 1,
      limits: { memoryMegabytes: 2048, trialSeconds: 600 },
      whenStarterExits: 'continue',
      versions: { marginalia: '0.1.0', node: 'v24.0.0' },
      machine: { host: 'here', platform: 'linux x64', cpu: 'some processor', cores: 2, memoryMegabytes: 4096 },
      git: { commit: '3f2a9c1d', dirty: true },
      pid: 4242,
    },
    status: 'completed',
    trials: arms.flatMap((arm) =>
      seeds.map((seed) => ({ trial: `${arm}#${seed}`, arm, seed, status: 'completed' as const, share: 1, seconds: 2 })),
    ),
    share: 1,
    elapsedSeconds: 61.4,
    warnings: [],
    ...change,
  };
}

/** The verdict that the run would have. */
export const verdict: NonNullable<RunView['verdict']> = {
  verdict: 'holds',
  statement,
  seeds: 3,
  resamples: 1000,
  conditions: [
    {
      label: 'loss, rex over linear',
      value: 0.86,
      interval: [0.83, 0.9],
      relation: 'at most',
      bound: 1.02,
      outcome: 'holds',
    },
  ],
};

/** A snapshot with `points` points a curve; one seed has a NaN, an infinity and a value below zero in it. */
export function snapshotOf({ run = runOf(), points = 50 }: { run?: RunView; points?: number } = {}): Snapshot {
  const series = arms.flatMap((arm, place) =>
    seeds.flatMap((seed) => {
      const values = Float64Array.from(
        { length: points },
        (_, index) => 0.3 + place * 0.1 + seed * 0.02 + 2 * Math.exp((-5 * index) / points),
      );
      if (arm === 'linear' && seed === 0) values.set([NaN, Infinity, -1], 10);
      return [
        {
          trial: `${arm}#${seed}`,
          metric: 'loss',
          steps: Float64Array.from({ length: points }, (_, index) => index * 10),
          values,
        },
        {
          trial: `${arm}#${seed}`,
          metric: 'accuracy',
          steps: Float64Array.of(500),
          values: Float64Array.of(0.8 + place * 0.05 + seed * 0.01),
        },
      ];
    }),
  );
  return {
    type: 'snapshot',
    run,
    series,
    figures: [
      {
        trial: 'rex#0',
        name: 'landscape',
        figure: {
          title: 'Loss over rate and momentum',
          x: { label: 'rate', min: 0, max: 1 },
          y: { label: 'momentum', min: 0, max: 1 },
          layers: [
            {
              type: 'heatmap',
              label: 'loss',
              values: [
                [1, 2, 3],
                [2, NaN, 4],
              ],
            },
            {
              type: 'ellipses',
              label: 'progress',
              ellipses: [{ x: 0.5, y: 0.5, a: 0.2, b: 0.1, angle: 1, value: 0.5 }],
            },
            { type: 'arrows', label: 'way', x: [0.2], y: [0.2], dx: [0.1], dy: [0.1] },
          ],
        },
      },
    ],
    console: Array.from({ length: 300 }, (_, line) => `line ${line}${line % 100 === 0 ? ' checkpoint' : ''}\n`).join(
      '',
    ),
    trusted: true,
    paperTitle: 'REX: Revisiting Budgeted Training with an Improved Schedule',
  };
}

/** A paper with its method, as the extension would send it. */
export function paperOf(change: Partial<ToPaperPage> = {}): ToPaperPage {
  return {
    type: 'paper',
    paper: {
      key: 'rex',
      title: 'REX: Revisiting Budgeted Training with an Improved Schedule',
      authors: ['John Chen', 'Cameron Wolfe', 'Anastasios Kyrillidis'],
      date: '2021-07-09',
      arxiv: '2107.04197',
      abstract: 'A few words of ours in place of an abstract.',
      locations: [
        { file: '/somewhere/daily.txt', line: 3 },
        { file: '/somewhere/other.bib', line: 12 },
      ],
      method: 'rex',
    },
    method: {
      id: 'rex',
      hash: 'of no experiment',
      family: 'optimization',
      kind: 'algorithm',
      paper: { title: 'REX', authors: ['John Chen'], year: 2021 },
      names: ['REX'],
      identifiers: ['rex_schedule'],
      ambiguous: [],
      context: [],
      summary: 'A schedule for when the number of updates is known.',
      insight: 'With few updates, time at low rates is time lost.',
      equations: [
        { label: 'Schedule', tex: '\\eta_t', where: 'the rate at update t' },
        { label: 'Not typeset', tex: '\\sum_i x_i', where: '' },
      ],
      pitfalls: ['The budget counts updates.'],
      related: ['cosine', 'A paper that nobody has'],
      snippet: { prefix: 'rex', signature: 'rexRate(update: number): number', about: 'The rate at an update.' },
      experiment: {
        question: 'Does it help?',
        statement,
        seconds: 58,
        compute: 'autodiff',
        scaledDown: 'Spirals in place of photographs.',
        parameters: [],
        arms: [{ name: 'rex', role: 'method' }],
        metrics: ['loss'],
      },
      verdict: {
        verdict: 'holds',
        effect: { label: 'linear over rex', value: 1.234, interval: [1.1, 1.4], relation: 'at least', bound: 1 },
        conditions: 2,
        seeds: 8,
        seconds: 41.5,
        engine: 'wasm 4.22.0',
        sabotage: { linear: 'fails', no_reflection: 'inconclusive' },
      },
      sources: '',
      confidence: 'high',
    },
    equations: [
      '<svg xmlns="http://www.w3.org/2000/svg" width="8ex" height="3ex" viewBox="0 0 80 30">' +
        '<script>window.stolen = true</script><a href="https://example.org/"><text y="20">η</text></a>' +
        '<image href="https://example.org/picture.png"/><g fill="currentColor" data-mml-node="math"><path d="M0 0h10"/></g></svg>',
      '',
    ],
    bibtex: '@article{rex,\n  title = {REX}\n}',
    runs: [{ id: 'run-one', name: 'rex', created: '2026-03-01T14:03:00Z', status: 'completed', verdict: 'holds' }],
    related: [{ name: 'cosine', key: 'cosine', title: 'Warm restarts' }],
    ...change,
  };
}
