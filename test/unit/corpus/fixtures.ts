import { buildCorpus, type Corpus } from '../../../src/corpus/corpus.ts';
import type { Method } from '../../../src/corpus/method.ts';
import type { SourceEntry } from '../../../src/corpus/paper.ts';
import type { SourceFile } from '../../../src/corpus/read-sources.ts';

type Card = Pick<Method, 'id' | 'names' | 'identifiers' | 'ambiguous' | 'context'> & { paper: Method['paper'] };

/** A method of which only what the corpus needs is filled in with care. */
export function method(card: Card): Method {
  return {
    ...card,
    hash: 'of no experiment',
    family: 'fixtures',
    kind: 'algorithm',
    summary: 'A method for tests.',
    insight: '',
    equations: [],
    pitfalls: [],
    related: [],
    snippet: { prefix: card.id, signature: '', about: '' },
    experiment: {
      question: '',
      statement: '',
      seconds: 1,
      compute: 'none',
      scaledDown: '',
      parameters: [],
      arms: [],
      metrics: [],
    },
    sources: '',
    confidence: 'high',
  };
}

export const rex = method({
  id: 'rex',
  paper: {
    title: 'REX: Revisiting Budgeted Training with an Improved Schedule',
    authors: ['John Chen', 'Cameron Wolfe', 'Anastasios Kyrillidis'],
    year: 2021,
    arxiv: '2107.04197',
    venue: 'MLSys 2022',
  },
  names: ['REX', 'Reflected Exponential schedule', 'REX learning rate schedule'],
  identifiers: ['rex_schedule', 'RexLR', 'REXScheduler', 'rexSchedule', 'reflected_exponential'],
  ambiguous: ['REX'],
  context: ['learning rate', 'schedule', 'budget', 'decay'],
});

export const learningToRelax = method({
  id: 'learning-to-relax',
  paper: {
    title: 'Learning to Relax: Setting Solver Parameters Across a Sequence of Linear System Instances',
    authors: ['Mikhail Khodak', 'Edmond Chow', 'Maria-Florina Balcan', 'Ameet Talwalkar'],
    year: 2023,
    arxiv: '2310.02246',
  },
  names: ['Learning to Relax', 'bandit-tuned SOR', 'ChebCB'],
  identifiers: ['learning_to_relax', 'LearningToRelax', 'ChebCB'],
  ambiguous: ['Learning to Relax'],
  context: ['SOR', 'relaxation', 'linear system', 'solver', 'Chebyshev'],
});

export const cpl = method({
  id: 'cpl',
  paper: {
    title: 'Contrastive Preference Learning: Learning from Human Feedback without RL',
    otherTitles: ['Contrastive Prefence Learning: Learning from Human Feedback without RL'],
    authors: ['Joey Hejna', 'Rafael Rafailov'],
    year: 2023,
    arxiv: '2310.13639',
  },
  names: ['CPL', 'Contrastive Preference Learning'],
  identifiers: ['cpl_loss', 'CPL', 'cplLoss'],
  ambiguous: ['CPL'],
  context: ['preference', 'segment', 'regret', 'RLHF'],
});

export const alpGmm = method({
  id: 'alp-gmm',
  paper: {
    title: 'Teacher algorithms for curriculum learning of Deep RL in continuously parameterized environments',
    authors: ['Rémy Portelas', 'Cédric Colas', 'Katja Hofmann', 'Pierre-Yves Oudeyer'],
    year: 2019,
    arxiv: '1910.07224',
  },
  names: ['ALP-GMM', 'Absolute Learning Progress Gaussian Mixture Model'],
  identifiers: ['alp_gmm', 'ALPGMM', 'AlpGmm', 'EmpiricalALPComputer'],
  ambiguous: [],
  context: ['teacher', 'curriculum', 'task sampling'],
});

export const qStar = method({
  id: 'q-star-search',
  paper: {
    title: 'A* Search Without Expansions: Learning Heuristic Functions with Deep Q-Networks',
    authors: ['Forest Agostinelli'],
    year: 2021,
    arxiv: '2102.04518',
  },
  names: ['Q* search', 'Q-star search'],
  identifiers: ['q_star_search', 'QStar'],
  ambiguous: ['Q*', 'QStar'],
  context: ['A*', 'heuristic', 'open list'],
});

export const raft = method({
  id: 'raft',
  paper: {
    title: 'RAFT: Reward rAnked FineTuning for Generative Foundation Model Alignment',
    authors: ['Hanze Dong'],
    year: 2023,
    arxiv: '2304.06767',
  },
  names: ['RAFT', 'Reward rAnked FineTuning'],
  identifiers: ['raft_align', 'RaftTrainer'],
  ambiguous: ['RAFT'],
  context: ['reward', 'alignment', 'best-of-K'],
});

export const pal = method({
  id: 'pal',
  paper: {
    title: 'PAL: Pluralistic Alignment Framework for Learning from Heterogeneous Preferences',
    authors: ['Daiwei Chen'],
    year: 2024,
    arxiv: '2406.08469',
  },
  names: ['PAL', 'Pluralistic Alignment Framework'],
  identifiers: ['pal_reward', 'PrefLearner'],
  ambiguous: ['PAL'],
  context: ['ideal point', 'prototype', 'pluralistic', 'preference'],
});

export const serene = method({
  id: 'serene',
  paper: {
    title: 'Learning in Sparse Rewards settings through Quality-Diversity algorithms',
    authors: ['Giuseppe Paolo'],
    year: 2022,
    arxiv: '2203.01027',
  },
  names: ['SERENE', 'SparsE Reward Exploration via Novelty and Emitters'],
  identifiers: ['serene', 'SERENE', 'SereneSearch'],
  ambiguous: ['SERENE'],
  context: ['novelty', 'emitter', 'archive'],
});

export const counterCurrent = method({
  id: 'counter-current-learning',
  paper: {
    title: 'Counter-Current Learning: A Biologically Plausible Dual Network Approach for Deep Learning',
    authors: ['Chia-Hsiang Kao', 'Bharath Hariharan'],
    year: 2024,
    arxiv: '2409.19841',
  },
  names: ['Counter-Current Learning', 'CCL'],
  identifiers: ['counter_current_learning'],
  ambiguous: [],
  context: ['feedback network', 'backpropagation'],
});

export const cyclicalCurriculum = method({
  id: 'cyclical-curriculum',
  paper: {
    title: 'Cyclical Curriculum Learning',
    authors: ['H. Toprak Kesgin', 'M. Fatih Amasyali'],
    year: 2022,
    arxiv: '2202.05531',
  },
  names: ['Cyclical Curriculum Learning', 'CCL'],
  identifiers: ['cyclical_curriculum'],
  ambiguous: [],
  context: ['data size', 'easy samples', 'cycle'],
});

export const pointerNetworks = method({
  id: 'pointer-networks',
  paper: {
    title: 'Pointer Networks',
    authors: ['Oriol Vinyals', 'Meire Fortunato', 'Navdeep Jaitly'],
    year: 2015,
    arxiv: '1506.03134',
  },
  names: ['Ptr-Net', 'pointer attention'],
  identifiers: ['ptr_net'],
  ambiguous: [],
  context: ['convex hull', 'seq2seq'],
});

export const methods: readonly Method[] = [
  rex,
  learningToRelax,
  cpl,
  alpGmm,
  qStar,
  raft,
  pal,
  serene,
  counterCurrent,
  cyclicalCurriculum,
  pointerNetworks,
];

/** A source with the given entries, one a line. */
export function source(file: string, ...entries: (Partial<SourceEntry> & { title: string })[]): SourceFile {
  return {
    file,
    result: {
      entries: entries.map((entry, index) => ({ authors: [], location: { file, line: index + 1 }, ...entry })),
      problems: [],
    },
  };
}

export function fixtureCorpus(...sources: SourceFile[]): Corpus {
  return buildCorpus(methods, sources);
}
