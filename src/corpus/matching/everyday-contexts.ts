/** Context words that stand in programs and prose of every kind: one or two of them are no evidence. */
export const EVERYDAY_CONTEXTS: ReadonlySet<string> = new Set(
  (
    'abrupt acceptance adapter annotation annotator archive ask asynchronous attention attribute auditor augmentation ' +
    'batched behavior benchmark bias bits blocking bonus budget buffer cache caching captions chess chosen ' +
    'classification click clip closed coarse coefficients comparison compatibility compiler completeness composition ' +
    'compression concatenation consolidation context continual controller copy coverage cycle dataset decoding ' +
    'demographic depth diffusion display distance dosage draft drift drop elimination embedding encoder decoder ' +
    'environment epochs evidence expansion expert experts features fields filtering flip gallery gate generates ' +
    'generalization glass group hint hierarchical human index initialization instance instruction intent intervention ' +
    'iterations kernel keywords language latent layerwise lazy learner lifetime locality logits manipulation ' +
    'manufacturing margin mask medical memory mixture navigation noise normalized offline online optimizer order paging ' +
    'panel periodic phase plan planning policy port positional prediction prefix prior profile progress promotion prompt ' +
    'prompts prototype prototypes pruning query ranking rankings reaches reasoning recommend recommendation reflection ' +
    'regression removal repertoire replay representation reset restart retrieval return router samples search seeds ' +
    'segment selector sentence separable server session shutdown similarity simulator slots sorting span speedup stage ' +
    'student submission support swap switch tags tau teacher tensor theta threshold throughput token tokens topology ' +
    'trajectory transfer transition triplet user validation variance warmup workload'
  ).split(' '),
);
