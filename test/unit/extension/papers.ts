import type { Method } from '../../../src/corpus/method.ts';
import type { Paper } from '../../../src/corpus/paper.ts';

/** A method as the build compiles it, cut down to what the tests look at. */
export const rex: Method = {
  id: 'rex',
  hash: 'of no experiment',
  family: 'optimization',
  kind: 'algorithm',
  paper: {
    title: 'REX: Revisiting Budgeted Training with an Improved Schedule',
    authors: ['John Chen', 'Cameron Wolfe', 'Anastasios Kyrillidis'],
    year: 2021,
    arxiv: '2107.04197',
  },
  names: ['REX', 'Reflected Exponential schedule'],
  identifiers: ['rex_schedule'],
  ambiguous: ['REX'],
  context: ['learning rate'],
  summary: 'A learning-rate schedule that decays slowly at first and fast near the end.',
  insight: 'More area under the curve helps short runs.',
  equations: [{ label: 'Schedule', tex: '\\eta_t = \\eta_0 \\, p(t / T)', where: 't: update; T: budget' }],
  pitfalls: [],
  related: ['power-scheduler'],
  snippet: { prefix: 'rex-schedule', signature: 'function rexSchedule(): number', about: 'Learning rate.' },
  experiment: {
    question: 'Which schedule wins when the budget is small?',
    statement: 'REX wins when the budget is small.',
    seconds: 50,
    compute: 'autodiff',
    scaledDown: 'One synthetic stream.',
    parameters: [],
    arms: [{ name: 'rex', role: 'method' }],
    metrics: ['test_loss'],
  },
  sources: 'The paper.',
  confidence: 'high',
};

export const rexPaper: Paper = {
  key: 'rex',
  title: rex.paper.title,
  authors: rex.paper.authors,
  date: '2021',
  arxiv: '2107.04197',
  locations: [],
  method: 'rex',
};

/** A paper that no method belongs to. */
export function otherPaper(key: string, title = `The paper ${key}`): Paper {
  return { key, title, authors: ['Ada Lovelace', 'Grace Hopper', 'Mary Shelley'], date: '2020-05', locations: [] };
}
