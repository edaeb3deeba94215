/** The module `marginalia`, as experiments import it. */
export { experiment } from './declare.ts';
export { int, float, choice, flag } from './parameters.ts';
export { atLeast, atMost } from './conditions.ts';
export { createRng } from './rng.ts';
export { mean, median, quantile, interquartileMean } from './statistics.ts';
export { correlation, rankCorrelation } from './correlation.ts';
export { logSlope } from './log-slope.ts';
export type { Numbers } from './statistics.ts';
export type { Rng, RngState } from './rng.ts';
export type { Figure, FigureAxis, FigureLayer } from './figure.ts';
export type {
  Aggregate,
  Arm,
  Checkpoint,
  Claim,
  Condition,
  Curve,
  Experiment,
  ExperimentDefinition,
} from './experiment.ts';
export type { Metric, Results, TensorFlow, Trial } from './experiment.ts';
export type { Parameter, Parameters, ParameterRecord, ParameterValue, ParameterValues } from './parameters.ts';
export type {
  NamedTensorMap,
  Optimizer,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  Variable,
} from './tensors.ts';
export { backwardInduction, sampleEpisode, type EpisodeStep, type StepValues } from './finite-horizon.ts';
export { createGlyphs, glyphBatch, type GlyphImages } from './glyphs.ts';
export { accuracy, areaUnderCurve, classBatch, crossEntropies, likeliestClasses } from './classification.ts';
export type { LabelledRows } from './classification.ts';
export { layersOf, parametersOf, type DenseLayer } from './dense-layers.ts';
export { reinforce, type Reinforce } from './reinforce.ts';
export { spirals, spiralsFigure } from './spirals.ts';
export { trainClassifier } from './train-classifier.ts';
export { mlp, softmaxCrossEntropy, variableOf, type Mlp } from './nets.ts';
export { denseNetwork } from './dense-network.ts';
export type { DenseNetwork, DenseNetworkOptions } from './dense-network.ts';
export { recurrentNetwork } from './recurrent-network.ts';
export type { RecurrentNetwork, RecurrentNetworkOptions, Sequences } from './recurrent-network.ts';
export { transformerNetwork } from './transformer-network.ts';
export type { TokenSequences, TransformerNetwork, TransformerNetworkOptions } from './transformer-network.ts';
export type { NetworkLoss, NetworkState, TrainableNetwork } from './network-memory.ts';
export type { NetworkOptimizer } from './network-optimizer.ts';
export { adam, type Step, type StepState } from './adam.ts';
export { restoreOptimizer, saveOptimizer, type OptimizerState } from './optimizer-state.ts';
export { covarianceMatrix, gaussianProcess, matern52, squaredExponential } from './gaussian-process.ts';
export type { Kernel, KernelOptions, Prediction } from './gaussian-process.ts';
export { fullGame, moveToBeacon } from './function-games.ts';
export type { FunctionAction, FunctionGame, GameOutcome } from './function-games.ts';
export { gaussianEllipse, gaussianMixture } from './gaussian-mixture.ts';
export type { Gaussian, GaussianMixture } from './gaussian-mixture.ts';
export { gridworld, gridworldFigure, type Gridworld } from './gridworld.ts';
export { choleskyFactor, choleskySolve, symmetricEigen, type SymmetricEigen } from './linear-algebra.ts';
export {
  absoluteLoss,
  heavyTailedRegression,
  leastAbsoluteDeviations,
  type Regression,
} from './absolute-regression.ts';
export { addScaled, dot, norm, orthonormalVectors } from './vectors.ts';
export { logistic, logSoftmax, logSumExp, softmax } from './logits.ts';
export { normalDensity, normalProbability } from './normal-distribution.ts';
export { bradleyTerryGradient, dpoGradient, type ResponsePair } from './pairwise.ts';
export { prefersFirst } from './preferences.ts';
export { greedyPolicy, policyValues, softmaxPolicy, timeToEnd, valueIteration } from './tabular-mdp.ts';
export type { ActionValues, Policy, TabularMdp, Transition } from './tabular-mdp.ts';
export { randomMdp, type RandomMdp } from './random-mdp.ts';
export { optimalRelaxation, shiftedLaplacian, smallestLaplacianEigenvalue, sorSweeps } from './shifted-laplacian.ts';
export type { ShiftedLaplacian } from './shifted-laplacian.ts';
export {
  addAlong,
  expectedSum,
  logitGradient,
  logProbabilities,
  optimalPolicy,
  sampleResponse,
  sumAlong,
  tokenMdp,
} from './token-mdp.ts';
export type { TokenMdp, TokenResponse, TokenTable } from './token-mdp.ts';
export {
  chainAccuracy,
  chainExpectedSum,
  chainPolicy,
  chainPrompts,
  modularChain,
  sampleSolution,
} from './modular-chain.ts';
export type { ChainPrompt, ChainSolution, ModularChain } from './modular-chain.ts';
export { aStar, lazyAStar, type SearchProblem, type SearchResult } from './a-star.ts';
export { topSpin, type PuzzleAction, type TopSpin } from './top-spin.ts';

// For the runtime, the build and tests; left out of the types that experiments see.
/** @internal */
export { DeclarationError } from './declaration-error.ts';
/** @internal */
export { isExperiment } from './declare.ts';
/** @internal */
export { describe } from './describe.ts';
/** @internal */
export { resolveParameters } from './parameters.ts';
/** @internal */
export { createResults } from './results.ts';
/** @internal */
export type { TrialSeries } from './results.ts';
/** @internal */
export { createTrial, runTrial } from './trial.ts';
/** @internal */
export type { TrialOptions, TrialRecord, TrialSink } from './trial.ts';
/** @internal */
export { evaluateClaim } from './verdict.ts';
/** @internal */
export { sabotageClaim } from './sabotage.ts';
