import assert from 'node:assert/strict';
import { choice, describe as describeExperiment, experiment, flag, float, int, isExperiment } from 'marginalia';
import type { Experiment } from 'marginalia';
import { resolveParameters } from '../../../src/runtime/sdk/parameters.ts';

/** A declaration that is right, with parts replaced as a person might get them wrong. */
function declaration(changes: object = {}): Parameters<typeof experiment>[0] {
  return {
    paper: 'toy',
    question: 'Does it work?',
    params: { steps: int(10, { min: 1, max: 100, about: 'steps' }) },
    arms: { ours: { role: 'method', about: 'the idea' }, theirs: { role: 'baseline', about: 'without it' } },
    metrics: { loss: { better: 'lower', unit: 'nats', about: 'loss' } },
    trial: ({ log }) => log(0, { loss: 1 }),
    claim: { statement: 'It works.', check: () => [] },
    ...changes,
  };
}

function fault(changes: object): string {
  try {
    experiment(declaration(changes));
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'DeclarationError');
    return error.message;
  }
  return assert.fail('the declaration was accepted');
}

describe('the declaration of an experiment', () => {
  it('is accepted when it is whole, and described without its functions', () => {
    const made: Experiment = experiment(declaration());
    assert.ok(isExperiment(made));
    assert.deepEqual(describeExperiment(made), {
      paper: 'toy',
      question: 'Does it work?',
      statement: 'It works.',
      compute: 'none',
      seeds: 5,
      params: { steps: { type: 'int', default: 10, min: 1, max: 100, about: 'steps' } },
      arms: { ours: { role: 'method', about: 'the idea' }, theirs: { role: 'baseline', about: 'without it' } },
      metrics: { loss: { better: 'lower', unit: 'nats', about: 'loss' } },
    });
    assert.ok(!isExperiment(undefined) && !isExperiment({ definition: {} }));
  });

  it('infers parameters, arms and metrics from one literal', () => {
    experiment({
      paper: 'toy',
      question: 'Does it type-check?',
      params: {
        count: int(1, { min: 0, max: 9, about: 'a number' }),
        rate: float(0.1, { min: 0, max: 1, about: 'a number' }),
        kind: choice('plain', { choices: ['plain', 'fancy'], about: 'a choice' }),
        quick: flag(false, { about: 'a switch' }),
      },
      arms: { ours: { role: 'method', about: 'a' }, theirs: { role: 'baseline', about: 'b' } },
      metrics: { loss: { better: 'lower', unit: 'nats', about: 'c' } },
      trial({ arm, params, log }) {
        const known: 'ours' | 'theirs' = arm;
        const count: number = params.count;
        const rate: number = params.rate;
        const kind: 'plain' | 'fancy' = params.kind;
        const quick: boolean = params.quick;
        log(0, { loss: [known, count, rate, kind, quick].length });
        // @ts-expect-error: there is no such metric
        log(0, { los: 1 });
        // @ts-expect-error: there is no such parameter
        const wrong: keyof typeof params = 'counts';
        log(wrong.length, { loss: 1 });
      },
      claim: {
        statement: 'It does.',
        // @ts-expect-error: there is no such arm
        check: ({ final }) => [{ label: '', value: final('our', 'loss'), relation: 'at most', bound: 0 }],
      },
    });
  });

  it('says what to write where something is missing or wrong', () => {
    assert.match(fault({ paper: undefined }), /paper is missing\. It must be a text: .*'rex'/);
    assert.match(fault({ question: ' ' }), /question is " "/);
    assert.match(fault({ compute: 'gpu' }), /compute is "gpu"\. It must be one of 'none', 'linalg', 'autodiff'/);
    assert.match(fault({ seeds: 2.5 }), /seeds is 2\.5\. It must be a whole number/);
    assert.match(fault({ threads: 0, compute: 'linalg' }), /threads is 0\. It must be a whole number from 1 up/);
    assert.match(fault({ threads: 2 }), /threads is 2\. It must be left out where the experiment has no tensor engine/);
    assert.match(fault({ arms: [] }), /arms is \[\]\. It must be an object/);
    assert.match(fault({ arms: { ours: { role: 'baseline', about: 'x' } } }), /none has the role 'method'/);
    assert.match(fault({ arms: { 'our-s': { role: 'method', about: 'x' } } }), /'our-s' is no usable name/);
    assert.match(fault({ arms: { ours: { role: 'methods', about: 'x' } } }), /arms\.ours\.role is "methods"/);
    assert.match(fault({ metrics: {} }), /metrics: there is none/);
    assert.match(fault({ metrics: { loss: { better: 'less', unit: 'nats', about: 'x' } } }), /'lower', 'higher'/);
    const metric = { better: 'lower', unit: 'nats', about: 'x' };
    assert.match(fault({ metrics: { loss: { ...metric, scale: 'logarithmic' } } }), /loss\.scale .* 'linear', 'log'/);
    assert.match(fault({ metrics: { loss: { ...metric, stepScale: 2 } } }), /loss\.stepScale is 2/);
    assert.match(fault({ trial: 1 }), /trial is 1\. It must be a function/);
    assert.match(fault({ claim: { statement: 'x' } }), /claim\.check is missing\. It must be a function/);
    assert.match(fault({ claim: () => [] }), /claim is a function\. It must be an object/);
    assert.match(fault({ params: { steps: 10 } }), /params\.steps is 10\. It must be an object: made by int/);
  });

  it('refuses parameters whose default they could not take', () => {
    const about = 'x';
    assert.match(fault({ params: { n: int(0, { min: 1, max: 5, about }) } }), /its default is 0\. .* from 1 to 5/);
    assert.match(fault({ params: { n: int(1.5, { min: 1, max: 5, about }) } }), /must be a whole number/);
    assert.match(fault({ params: { n: float(1, { min: 2, max: 0, about }) } }), /range is 2 to 0/);
    assert.match(fault({ params: { n: choice<string>('c', { choices: ['a', 'b'], about }) } }), /one of a, b/);
    assert.match(fault({ params: { n: choice<string>('c', { choices: [], about }) } }), /a list of texts/);
    assert.match(fault({ params: { n: flag('yes' as unknown as boolean, { about }) } }), /true or false/);
  });
});

describe('the parameters of a trial', () => {
  const declared = {
    steps: int(10, { min: 1, max: 100, about: 'x' }),
    rate: float(0.5, { min: 0, max: 1, about: 'x' }),
    kind: choice('a', { choices: ['a', 'b'], about: 'x' }),
    quick: flag(false, { about: 'x' }),
  };

  it('are the given values over the defaults', () => {
    assert.deepEqual(resolveParameters(declared, { rate: 1, quick: true }), {
      steps: 10,
      rate: 1,
      kind: 'a',
      quick: true,
    });
  });

  it('are refused where they are unknown, out of range or of another type', () => {
    assert.throws(() => resolveParameters(declared, { step: 1 }), /no parameter 'step'\. Declared are: steps, rate/);
    assert.throws(() => resolveParameters({}, { step: 1 }), /declares none/);
    assert.throws(() => resolveParameters(declared, { toString: 1 }), /no parameter 'toString'/);
    assert.throws(
      () => resolveParameters(declared, { steps: 101 }),
      /is 101, but must be a whole number from 1 to 100/,
    );
    assert.throws(() => resolveParameters(declared, { steps: '5' }), /is "5"/);
    assert.throws(() => resolveParameters(declared, { rate: NaN }), /must be a number from 0 to 1/);
    assert.throws(() => resolveParameters(declared, { kind: 'c' }), /one of a, b/);
    assert.throws(() => resolveParameters(declared, { quick: 1 }), /true or false/);
  });
});
