/**
 * The vocabulary that all code about learning machines shares. A name or identifier of a few such words only
 * (`clip_reward`, `task_vector`, `linear_decay_schedule`) is written by people who never saw the paper that has it too.
 */
const TECHNICAL_WORDS: ReadonlySet<string> = new Set(
  (
    'a accept accuracy acq action active actor adapter adaptive advantage agent algorithm algorithmic align alignment ' +
    'alpha anchor annealing annotator api area attention auditor aug augment auxiliary average backward balance ' +
    'bandit base baseline basis batch bayesian behavior behavioral behaviour best beta bias binary bits block ' +
    'blockwise bonus bound boundary budget buffer by cache call cat circuit class classification classifier client ' +
    'clip cluster cnn code coefficient committee compatibility compatible compose comprehension compression compute ' +
    'concat condition conditioning config conjunction conservative consistency constrained constraint context ' +
    'continual control controller conv correctness cost count coverage credit critic curriculum cycle data dataset ' +
    'decay decision decode decoder deep default definition delta demand demonstration depth designer detection ' +
    'detector difference difficulty dim dimension directional discard discount discrete distance distill distillation ' +
    'distribution dpo dqn draft drift dropout dual dynamic dynamics edge effective efficiency ei ema embedding encode ' +
    'encoder end engine ensemble entropy env environment episode epoch epsilon equitable err error estimate ' +
    'estimation estimator eval evaluate evaluation event example execute execution exp expected expert exploration ' +
    'explore explorer exponential extern external factor fair fast feature federated feedback few filter final find ' +
    'fine finetuning fixed flexible flip flow for forecast forget forgetting form format forward frechet freeze from ' +
    'frozen full fully function gain game gap gate gating generalisation generalization generate generates generation ' +
    'generator global gnn goal gp grad gradient gram graph greedy grid group grouping grpo guidance guided halt hard ' +
    'head hidden hierarchical hint history horizon hp human hybrid hyper hyperparam hyperparameter hypothesis icl ' +
    'ideal illegal imitation implicit importance improvement in incremental index individual induction inference ' +
    'informative init initial initialization initialize input instance instruction instructor intent inter ' +
    'interaction interclass interest internal interval inverse item iterate iteration iterative joint kernel key kg ' +
    'kmeans knn knowledge label lagrange lambda language latent layer leaky learn learnability learned learner ' +
    'learning length level lifetime likelihood linear llm lm load local log logit long loss low lr manifold map ' +
    'margin mask masking matrix max mcts mdp mean measure mechanism memory merge meta metric min mix mixed mixer ' +
    'mixing mixture ml mode model module moment momentum mse mu multi multiplier multitask multiwinner negative ' +
    'nested net network neural next noise noisy norm normal normalized normed novelty num number objective ' +
    'observation of offline omega on online operator optimal optimization optimize optimizer option oracle order ' +
    'ordering output pacing pair parallel param parameter parity part partition path penalty performance phase ' +
    'pipeline plan planner planning point policy pooling position positive posterior potential power ppo pre ' +
    'precision predict prediction predictor pref preference prefix pretrain pretraining prior probability problem ' +
    'process profile program progress progressive project projection prompt propensity proto prototype prover proxy ' +
    'pseudo q quality query queue random range rank ranking rate rating ratio reach reaches reader recall ' +
    'reconstruction recovery reference refine refined reflection refresh regression regressor regret regular ' +
    'regularization rehearsal reinforcement relative relevance repeat replace replay representation request rescale ' +
    'reset residual resource response result retrieval retrieve retrospective return reverse reward reweight rho rich ' +
    'rl rlhf rm rnn robust role roll rollout round route router routing rule run sample sampler sampling scale ' +
    'scaling schedule scheduler scheduling score scorer search segment select selection selector self sensitivity seq ' +
    'sequence sequential server session set setting sft shift short shot sigma signal similarity simplex simulation ' +
    'simulator single size slow smooth soft solution solve solver source space sparse spatial split stability stable ' +
    'stage state static stationary statistic step stochastic stop stopping strategy stream strength student sub ' +
    'subgoal subset success supervised support surprise surrogate switch system table target task tau taxonomy teach ' +
    'teacher teaching temp temperature temporal tensor term test text the think thinking threshold time to token tool ' +
    'top topk total trace track train trainable trainer training trajectory transductive transfer transform ' +
    'transformation transformer transition tree trust tuning type ucb uncertainty understanding unified uniform unit ' +
    'update upper user utility vae valid validation value variable variance variational vector verifiable verifier ' +
    'verify version view visit vote warmup weight weighted wide wider window with word worker workload xi zero'
  ).split(' '),
);

/** More words than this are one paper's own even where each of them is everybody's. */
const MOST_WORDS = 3;

/** Whether the words, lower case, are few and all everybody's, apart from numbers and single letters (`c2_model`). */
export function isTechnical(words: readonly string[]): boolean {
  const long = words.filter((word) => !/^(?:[a-z]?\d*)$/.test(word));
  return long.length <= MOST_WORDS && long.every(isEverybodys);
}

function isEverybodys(word: string): boolean {
  return TECHNICAL_WORDS.has(word) || (word.endsWith('s') && TECHNICAL_WORDS.has(word.slice(0, -1)));
}
