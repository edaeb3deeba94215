import { DeclarationError } from './declaration-error.ts';
import type { Experiment, ExperimentDefinition } from './experiment.ts';
import { parameterFault, type Parameter, type Parameters } from './parameters.ts';

/**
 * Declares an experiment; the default export of its module.
 *
 * @throws DeclarationError where the declaration is incomplete or contradicts itself.
 */
export function experiment<P extends Parameters, A extends string, M extends string>(
  definition: ExperimentDefinition<P, A, M>,
): Experiment {
  check(definition);
  // The trial and the claim are only ever called with what this very declaration names.
  return Object.freeze({ marginalia: 1, definition: definition as unknown as Experiment['definition'] });
}

/** Tells whether a module's default export was made by `experiment()`. */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && 'marginalia' in value && value.marginalia === 1;
}

const roles: readonly unknown[] = ['method', 'baseline', 'ablation', 'reference'];
const directions: readonly unknown[] = ['lower', 'higher', 'neither'];
const scales: readonly unknown[] = ['linear', 'log'];
const computes: readonly unknown[] = ['none', 'linalg', 'autodiff'];

/** The values may come from JavaScript, where nothing of the type was checked. */
function check(definition: unknown): void {
  const top = object(definition, 'experiment(…)', '{ paper, question, params, arms, metrics, trial, claim }');
  text(top.paper, 'paper', "the paper's citation key, such as 'rex'");
  text(top.question, 'question', 'one sentence that the experiment answers');
  if (top.compute !== undefined) option(top.compute, 'compute', computes);
  const work = top.flopsPerUpdate;
  if (work !== undefined && !(Number.isFinite(work) && (work as number) >= 0)) {
    fail('flopsPerUpdate', work, 'a number from 0 up');
  }
  const threads = top.threads;
  if (threads !== undefined && !(Number.isInteger(threads) && (threads as number) >= 1)) {
    fail('threads', threads, 'a whole number from 1 up');
  }
  if (threads !== undefined && (top.compute ?? 'none') === 'none') {
    fail(
      'threads',
      threads,
      "left out where the experiment has no tensor engine, or compute be 'linalg' or 'autodiff'",
    );
  }
  const seeds = top.seeds;
  if (seeds !== undefined && !(Number.isInteger(seeds) && (seeds as number) >= 1)) {
    fail('seeds', seeds, 'a whole number from 1 up');
  }

  for (const [name, value] of named(top.params, 'params', "{ steps: int(1000, { min: 1, max: 5000, about: '…' }) }")) {
    checkParameter(value, `params.${name}`);
  }

  const arms = named(
    top.arms,
    'arms',
    "{ rex: { role: 'method', about: '…' }, linear: { role: 'baseline', about: '…' } }",
  );
  for (const [name, value] of arms) {
    const arm = object(value, `arms.${name}`, "{ role: 'method', about: '…' }");
    option(arm.role, `arms.${name}.role`, roles);
    text(arm.about, `arms.${name}.about`, 'one line on what this arm does differently');
  }
  if (!arms.some(([, arm]) => (arm as { role: unknown }).role === 'method')) {
    throw new DeclarationError("arms: none has the role 'method'. Give it to the arm that runs the paper's method.");
  }

  const metrics = named(top.metrics, 'metrics', "{ loss: { better: 'lower', unit: 'nats', about: '…' } }");
  if (metrics.length === 0) {
    throw new DeclarationError(
      "metrics: there is none. Write one, such as { loss: { better: 'lower', unit: 'nats', about: '…' } }.",
    );
  }
  for (const [name, value] of metrics) {
    const metric = object(value, `metrics.${name}`, "{ better: 'lower', unit: 'nats', about: '…' }");
    option(metric.better, `metrics.${name}.better`, directions);
    text(metric.unit, `metrics.${name}.unit`, "the unit on the axis, such as 'nats' or 'fraction'");
    text(metric.about, `metrics.${name}.about`, 'one line on what is measured');
    if (metric.step !== undefined) text(metric.step, `metrics.${name}.step`, "what a step counts, such as 'update'");
    if (metric.scale !== undefined) option(metric.scale, `metrics.${name}.scale`, scales);
    if (metric.stepScale !== undefined) option(metric.stepScale, `metrics.${name}.stepScale`, scales);
  }

  if (typeof top.trial !== 'function') {
    fail('trial', top.trial, 'a function: async trial({ arm, seed, params, rng, log }) { … log(step, { … }) … }');
  }
  const claim = object(top.claim, 'claim', "{ statement: '…', check: ({ final }) => [atLeast('…', value, bound)] }");
  text(claim.statement, 'claim.statement', 'the sentence that the check decides');
  if (typeof claim.check !== 'function') {
    fail('claim.check', claim.check, "a function: ({ final }) => [atLeast('…', value, bound)]");
  }
}

function checkParameter(value: unknown, path: string): void {
  const parameter = object(
    value,
    path,
    "made by int, float, choice or flag: int(10, { min: 1, max: 100, about: '…' })",
  );
  option(parameter.type, `${path}.type`, ['int', 'float', 'choice', 'flag']);
  text(parameter.about, `${path}.about`, 'one line on what it turns');
  const declared = value as Parameter;
  if (declared.type === 'int' || declared.type === 'float') {
    const { min, max } = declared;
    if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
      throw new DeclarationError(`${path}: the range is ${min} to ${max}; write finite numbers with min <= max.`);
    }
  }
  if (declared.type === 'choice' && !(Array.isArray(declared.choices) && declared.choices.length > 0)) {
    fail(`${path}.choices`, declared.choices, "a list of texts, such as ['adam', 'momentum']");
  }
  const fault = parameterFault(declared, declared.default);
  if (fault !== undefined) fail(`${path}: its default`, declared.default, fault);
}

/** Names stand on command lines, in file names and before a `#` in a trial's id. */
const nameShape = /^[A-Za-z][A-Za-z0-9_]*$/;

function named(value: unknown, path: string, example: string): [string, unknown][] {
  const entries = Object.entries(object(value, path, example));
  for (const [name] of entries) {
    if (!nameShape.test(name)) {
      throw new DeclarationError(`${path}: '${name}' is no usable name. Write letters, digits and _, a letter first.`);
    }
  }
  return entries;
}

function object(value: unknown, path: string, example: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, value, `an object: ${example}`);
  return value as Record<string, unknown>;
}

function text(value: unknown, path: string, meaning: string): void {
  if (typeof value !== 'string' || value.trim() === '') fail(path, value, `a text: ${meaning}`);
}

function option(value: unknown, path: string, options: readonly unknown[]): void {
  if (!options.includes(value)) fail(path, value, `one of ${options.map((name) => `'${String(name)}'`).join(', ')}`);
}

function fail(path: string, value: unknown, wanted: string): never {
  const found = value === undefined ? 'missing' : typeof value === 'function' ? 'a function' : JSON.stringify(value);
  throw new DeclarationError(`${path} is ${found}. It must be ${wanted}.`);
}
