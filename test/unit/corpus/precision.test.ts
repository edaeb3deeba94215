import assert from 'node:assert/strict';
import { buildCorpus } from '../../../src/corpus/corpus.ts';
import { compileMatcher } from '../../../src/corpus/matcher.ts';
import type { Method } from '../../../src/corpus/method.ts';
import { findReferences } from '../../../src/corpus/references.ts';
import { method, methods, source } from './fixtures.ts';

type Names = Pick<Method, 'names' | 'identifiers' | 'ambiguous' | 'context'>;

function named(id: string, card: Names): Method {
  return method({ id, paper: { title: `The Paper That Brought Us ${id}`, authors: [], year: 2024 }, ...card });
}

/** Methods whose names are words, other people's acronyms, or what anybody would call a variable. */
const lures: readonly Method[] = [
  named('rise', {
    names: ['RISE', 'Recursive Introspection'],
    identifiers: ['rise', 'RISE', 'RiseTrainer', 'multi_turn_rwr'],
    ambiguous: ['RISE'],
    context: ['multi-turn', 'introspection', 'distillation'],
  }),
  named('rto', {
    names: ['RTO', 'Reinforced Token Optimization'],
    identifiers: ['rto_reward', 'RTO', 'dpo_token_reward'],
    ambiguous: ['RTO'],
    context: ['token-wise reward', 'PPO', 'MDP', 'online'],
  }),
  named('nft', {
    names: ['NFT', 'Negative-aware Fine-Tuning'],
    identifiers: ['nft_loss'],
    ambiguous: ['NFT'],
    context: ['rejection sampling', 'supervised', 'verifier'],
  }),
  named('systematic-neural-search', {
    names: ['SNS', 'Systematic Neural Search'],
    identifiers: ['cognitive_graph'],
    ambiguous: ['SNS'],
    context: ['cognitive graph', 'behavior', 'search', 'navigation'],
  }),
  named('tq-saco', {
    names: ['TQ', 'SACo', 'trajectory quality'],
    identifiers: ['saco', 'trajectory_quality', 'dataset_coverage'],
    ambiguous: ['TQ', 'SACo', 'trajectory quality'],
    context: ['offline RL', 'dataset', 'coverage', 'return'],
  }),
  named('stax', {
    names: ['STAX', 'learned behavior space'],
    identifiers: ['stax', 'STAX', 'StaxSearch'],
    ambiguous: ['STAX'],
    context: ['autoencoder', 'novelty', 'surprise'],
  }),
  named('mark-and-predict', {
    names: ['Mark&Predict', 'Mark0'],
    identifiers: ['mark_and_predict', 'mark0'],
    ambiguous: ['Mark0'],
    context: ['paging', 'cache', 'eviction'],
  }),
  named('spectr', {
    names: ['SpecTr', 'K-SEQ'],
    identifiers: ['spectr', 'k_seq', 'kSequentialSelection'],
    ambiguous: ['K-SEQ'],
    context: ['speculative decoding', 'draft', 'acceptance'],
  }),
  named('constrained-rlhf', {
    names: ['Constrained RLHF', 'proxy points'],
    identifiers: ['lagrange_multipliers', 'constraint_thresholds', 'xi_ppo'],
    ambiguous: ['proxy points'],
    context: ['reward model', 'constraint'],
  }),
  named('vlm-rm', {
    names: ['VLM-RM', 'CLIP reward'],
    identifiers: ['vlm_rm', 'clip_reward', 'VlmRewardModel'],
    ambiguous: ['CLIP reward'],
    context: ['reward model', 'zero-shot', 'baseline'],
  }),
  named('schedule-refinement', {
    names: ['schedule refinement'],
    identifiers: ['linear_decay_schedule', 'find_schedule', 'refined_last_iterate_schedule'],
    ambiguous: ['schedule refinement'],
    context: ['learning rate', 'warmup', 'gradient norm'],
  }),
  named('action-grouping', {
    names: ['action grouping'],
    identifiers: ['group_actions', 'ActionGrouping', 'grouped_value_iteration'],
    ambiguous: ['action grouping'],
    context: ['action space', 'group', 'transition'],
  }),
  named('dynamic-anchor', {
    names: ['oversampling with dynamic anchor'],
    identifiers: ['dynamic_anchor', 'ema_reference'],
    ambiguous: [],
    context: ['oversampling', 'entropy bonus'],
  }),
  named('instance-test', {
    names: ['instance test', 'CFSL'],
    identifiers: ['instance_test', 'cfsl_instance'],
    ambiguous: [],
    context: ['few-shot', 'support set'],
  }),
  named('boolean-icl', {
    names: ['Boolean in-context learning test-bed'],
    identifiers: ['parity_task', 'TeachingSequence', 'best_of_n', 'mask_type', 'vae_model', 'd_simplex', 'c2_model'],
    ambiguous: [],
    context: ['in-context learning', 'parity'],
  }),
];

const matcher = compileMatcher(
  buildCorpus(
    [...methods, ...lures],
    [source('page.txt', { title: 'A Tutorial on Bayesian Optimization' }, { title: 'Attention and Its Discontents' })],
  ),
);

function found(text: string, language: string): string[] {
  return findReferences(matcher, text, language).map(
    ({ kind, start, end, paper }) => `${kind} ${text.slice(start, end)} ${paper ?? ''}`,
  );
}

function assertNone(language: string, texts: Readonly<Record<string, string>>): void {
  for (const [what, text] of Object.entries(texts)) assert.deepEqual(found(text, language), [], what);
}

describe('ordinary text is left alone', () => {
  it('in Markdown', () => {
    assertNone('markdown', {
      'words that are names in capitals':
        'A serene archive of novelty, calm emitters, and a raft of rewards for my pal.',
      'a word at the start of a sentence':
        'Serene as the archive of novelty is, Rise and Raft are verbs too, after introspection.',
      'the consensus protocol': [
        '## Storage',
        'Writes go through RAFT. A leader keeps the log; followers that fall behind ask for samples of it.',
        'The ranking of candidates decides an election.',
      ].join('\n'),
      'recovery time': 'The RTO of the online shop is 15 minutes, its RPO is 5. Backups are tested each month.',
      'tokens that are sold': '- mint an NFT and put it online\n- the gallery shows every NFT of a user',
      'a notification service': 'SNS sends each message to the queue; the search service and its navigation listen.',
      'a dinosaur': 'T-REX follows a feeding schedule, and REX-Ray keeps volumes within the budget.',
      'a product line': 'The budget covers three REX-5000, with a decay of the price over time.',
      'a licence in capitals':
        'THE NOVELTY OF ANY ARCHIVE IS NOT WARRANTED. LET PRICES RISE AND REMAIN SERENE, REX, IN NO EVENT SHALL DECAY APPLY.',
      'an address': 'The learning rate is discussed at https://example.org/REX/schedule and on www.example.org/RAFT.',
      'a title that another title begins with':
        'Brochu, Cora, de Freitas: A tutorial on Bayesian optimization of expensive cost functions, with kernels.',
      'words that only together are a name':
        'We run an instance test before each release. The trajectory quality is fine.',
      'an instruction prefix': 'REX.W changes the operand size; the encoder follows the schedule of decay.',
    });
  });

  it('in Python', () => {
    assertNone('python', {
      'argument groups': [
        'group_actions = set()',
        'for group in parser._mutually_exclusive_groups:',
        '    group_actions.update(group._group_actions)  # the action space of the parser',
        'actionGrouping, GroupActions = 1, 2',
      ].join('\n'),
      'clipping of rewards': [
        'class VecNormalize:',
        '    """Moving average of the reward model baseline.',
        '',
        '    :param clip_reward: largest absolute reward',
        '    """',
        '    def __init__(self, clip_reward: float = 10.0): ...',
      ].join('\n'),
      'a schedule of everybody': [
        '# learning rate: warmup, then linear_decay_schedule',
        'def linear_decay_schedule(step, total): return 1 - step / total',
        'schedule = find_schedule("cosine", gradient_norm=1.0)',
      ].join('\n'),
      attention: 'q_seq, k_seq, v_seq = split(hidden)  # draft: acceptance of speculative decoding',
      'a layer library': [
        'from jax.example_libraries import stax',
        'encoder = stax.serial(stax.Dense(64), stax.Relu)  # an autoencoder with little surprise or novelty',
      ].join('\n'),
      'a variable that is a word':
        'rise = after - before  # introspection over multi-turn logs\nserene = archive.novelty()',
      'short variables': 'def check(TQ, Z):\n    # coverage of the dataset in offline RL\n    return isinstance(Z, TQ)',
      'optimisation under constraints': [
        'lagrange_multipliers = np.zeros(len(constraint_thresholds))',
        'for constraint in reward_model.constraints: lagrange_multipliers += step * constraint',
      ].join('\n'),
      'sampling from a model':
        'vae_model = VAEModel(); best_of_n(vae_model, parity_task)  # in-context learning of parity',
      'marks of students': 'mark0, mark1 = marks[0], marks[1]  # cache them, no eviction',
      'a tensor framework': 'class RAFT(nn.Module):\n    """Optical flow from correlation volumes."""',
    });
  });

  it('in TypeScript', () => {
    assertNone('typescript', {
      'schema keywords':
        "const keywords = ['$dynamicAnchor', '$ref']; // oversampling\nlet dynamicAnchor: string | undefined;",
      'an enumeration': 'export enum MaskType { Variable = 1, Regex = 2 }\nenum Trend { RISE, FALL }',
      'minified code': 'var IQ=/[a-z]/i,SQ=/d/,TQ=/^0x/i,PAL=1;function a(e){return cQ(TQ,e)?16:8}',
      'a palette': 'const PAL_WIDTH = 8; export const isPAL = region === "PAL"; // the preferred region',
      'a retransmission timer':
        "this.RTO = Math.min(this.RTO * 2, MAX_RTO); // back off, the peer may be online again\nif (RTO > 60_000) close('timeout');",
      'model parts': 'const c2Model = createModel(); const dSimplex = sample(); // in-context learning',
    });
  });

  it('but the same names count as their papers write them, with evidence', () => {
    assert.deepEqual(found('SERENE keeps an archive of novel behaviours, with emitters.', 'markdown'), [
      'name SERENE serene',
    ]);
    assert.deepEqual(found('RTO gives PPO a denser reward.', 'markdown'), ['name RTO rto']);
    assert.deepEqual(found('We compare RAFT-based training with the reward of others.', 'markdown'), [
      'name RAFT raft',
    ]);
    assert.deepEqual(found('from serene import SereneSearch', 'python'), [
      'identifier serene serene',
      'identifier SereneSearch serene',
    ]);
    assert.deepEqual(found('# @vlm-rm\nloss = clip_reward(images)', 'python'), [
      'key vlm-rm vlm-rm',
      'identifier clip_reward vlm-rm',
    ]);
    assert.deepEqual(found('The CLIP reward is a zero-shot signal.', 'markdown'), ['name CLIP reward vlm-rm']);
    assert.deepEqual(found('See "A Tutorial on Bayesian Optimization", and on.', 'markdown').length, 1);
  });

  it('and one or two everyday words are no evidence, while three are', () => {
    assert.deepEqual(found('Nobody but SNS has such a search.', 'markdown'), []);
    assert.deepEqual(found('SNS models the behavior of animals by a search over maps for navigation.', 'markdown'), [
      'name SNS systematic-neural-search',
    ]);
  });
});
