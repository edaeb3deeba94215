import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonNumber, RunEvent } from '../../../src/runtime/runs/events.ts';
import { encodeJson } from '../../../src/runtime/runs/json.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';
import type { Figure } from '../../../src/runtime/sdk/figure.ts';
import { createRng } from '../../../src/runtime/sdk/rng.ts';

/** When the sample run started, milliseconds since 1970. */
export const sampleStart = Date.UTC(2026, 0, 31, 14, 5);

const arms = ['rex', 'linear', 'cosine', 'constant', 'oracle'] as const;
const roles = {
  rex: 'method',
  linear: 'baseline',
  cosine: 'baseline',
  constant: 'ablation',
  oracle: 'reference',
} as const;
const seeds = [0, 1, 2, 3, 4];

/** The record of a finished run of five arms and seeds, with a parameter that was turned. */
export const sampleRecord: RunRecord = {
  version: 1,
  id: '20260131-140500-rex-1a2b',
  name: 'rex',
  created: new Date(sampleStart).toISOString(),
  experiment: {
    file: 'C:\\projects\\rex\\experiments\\rex.ts',
    hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    description: {
      paper: 'rex',
      question: 'Does a reflected exponential beat linear decay when the budget is small?',
      statement:
        'At a tenth of the usual budget, the reflected exponential ends at least as low as the better of linear and cosine decay.',
      compute: 'autodiff',
      seeds: seeds.length,
      params: {
        budget: { type: 'int', default: 1000, min: 100, max: 20_000, about: 'optimiser steps' },
        rate: { type: 'float', default: 0.03, min: 0.001, max: 0.3, about: 'learning rate at the first step' },
        optimiser: {
          type: 'choice',
          default: 'adam',
          choices: ['adam', 'momentum'],
          about: 'which optimiser takes the steps',
        },
        shuffle: { type: 'flag', default: true, about: 'new order of the examples in every epoch' },
      },
      arms: {
        rex: { role: roles.rex, about: 'rate falls along a reflected exponential' },
        linear: { role: roles.linear, about: 'rate falls along a line to zero' },
        cosine: { role: roles.cosine, about: 'rate falls along half a cosine' },
        constant: { role: roles.constant, about: 'the rate never falls' },
        oracle: { role: roles.oracle, about: 'the loss of the process that made the data' },
      },
      metrics: {
        test_loss: {
          better: 'lower',
          unit: 'nats',
          about: 'Cross-entropy on 2,000 held-out examples.',
          step: 'update',
          stepScale: 'log',
          scale: 'log',
        },
        accuracy: {
          better: 'higher',
          unit: 'fraction',
          about: 'Share of held-out examples classified right.',
          step: 'update',
        },
        rate: { better: 'neither', unit: 'rate', about: 'Learning rate that the schedule gave.', step: 'update' },
      },
    },
  },
  params: { budget: 500, rate: 0.03, optimiser: 'adam', shuffle: true },
  arms: [...arms],
  seeds,
  backend: { name: 'wasm', version: '4.22.0', reason: 'the fastest that this machine has for gradients' },
  jobs: 2,
  threads: 1,
  limits: { memoryMegabytes: 2048, trialSeconds: 600 },
  whenStarterExits: 'continue',
  versions: { marginalia: '0.1.0', node: '20.19.0' },
  machine: {
    host: 'some host',
    platform: 'linux-x64',
    cpu: 'Example CPU @ 3.0 GHz',
    cores: 2,
    memoryMegabytes: 24_000,
  },
  git: { commit: '0123456789abcdef0123456789abcdef01234567', dirty: true },
  pid: 4242,
};

/** The events of the whole run: 500 updates a trial, figures of every kind, a warning, a verdict. */
export function sampleEvents(): RunEvent[] {
  const events: RunEvent[] = [{ at: sampleStart, type: 'started', pid: 4242 }];
  let at = sampleStart;
  for (const seed of seeds) {
    for (const arm of arms) {
      const trial = `${arm}#${seed}`;
      events.push({ at, type: 'trial-started', trial, arm, seed, pid: 4300 });
      for (const [metric, steps, values] of curves(arm, seed)) {
        events.push({ at: at + 400, type: 'points', trial, metric, steps, values });
      }
      events.push({ at: at + 500, type: 'progress', trial, share: 0.9 });
      for (const [name, figure] of Object.entries(figures(arm, seed))) {
        events.push({ at: at + 600, type: 'figure', trial, name, figure });
      }
      at += 2_700;
      events.push({ at, type: 'trial-ended', trial, outcome: 'completed', seconds: 2.7 });
    }
  }
  events.push(
    { at, type: 'warning', trial: 'constant#3', message: '12 values of test_loss were not finite.' },
    {
      at,
      type: 'verdict',
      verdict: 'inconclusive',
      statement: sampleRecord.experiment.description.statement,
      seeds: seeds.length,
      resamples: 1000,
      conditions: [
        {
          label: 'test loss, REX over the better of linear and cosine',
          value: 0.914,
          interval: [0.871, 0.957],
          relation: 'at most',
          bound: 1.02,
          outcome: 'holds',
        },
        {
          label: 'accuracy, REX minus linear',
          value: 0.0042,
          interval: [-0.0061, 0.0128],
          relation: 'at least',
          bound: 0,
          unit: 'fraction',
          outcome: 'inconclusive',
        },
      ],
    },
    { at, type: 'ended', outcome: 'completed', seconds: (at - sampleStart) / 1000 },
  );
  return events;
}

type Curves = (readonly [metric: string, steps: number[], values: JsonNumber[]])[];

function curves(arm: (typeof arms)[number], seed: number): Curves {
  const rng = createRng('sample', seed).split(arm);
  const floor = { rex: 0.031, linear: 0.036, cosine: 0.034, constant: 0.11, oracle: 0.02 }[arm];
  const budget = 500;
  const shift = rng.normal(0, 0.06);
  const steps = Array.from({ length: budget }, (_, index) => index + 1);
  const losses = steps.map((step) => {
    if (arm === 'oracle') return floor;
    if (arm === 'constant' && seed === 3 && step > 300 && step <= 312) return step === 305 ? 'Infinity' : 'NaN';
    return (floor + 2.3 * Math.exp(-step / 70) + 0.6 / (1 + step / 9)) * Math.exp(shift + rng.normal(0, 0.05));
  });
  const checkpoints = steps.filter((step) => step % 25 === 0);
  const accuracies = checkpoints.map((step) => {
    if (arm === 'oracle') return 0.992;
    return 1 - (floor * 1.5 + 0.6 * Math.exp(-step / 90)) * Math.exp(shift + rng.normal(0, 0.04));
  });
  const rates = steps.map((step) => {
    const left = 1 - step / budget;
    const factor = {
      rex: left / (0.5 + 0.5 * left),
      linear: left,
      cosine: (1 + Math.cos(Math.PI * (1 - left))) / 2,
      constant: 1,
      oracle: 0,
    }[arm];
    return 0.03 * factor;
  });
  return [
    ['test_loss', steps, losses],
    ['accuracy', checkpoints, accuracies],
    ['rate', steps, rates],
  ];
}

function figures(arm: string, seed: number): Record<string, Figure> {
  if (arm !== 'rex' && arm !== 'linear') return {};
  const rng = createRng('sample', seed).split(`${arm} figures`);
  const side = 24;
  const surface = Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) =>
      row === 20 && column > 17
        ? NaN
        : Math.log1p(((row - 9) / 5) ** 2 + ((column - 14) / 4) ** 2 + rng.uniform(0, 0.2)),
    ),
  );
  const walk = Array.from({ length: 40 }, (_, index) => index / 39);
  const cells = Array.from({ length: 36 }, (_, index) => [index % 6, Math.floor(index / 6)] as const);
  return {
    surface: {
      title: 'Loss around the end point, and the way there',
      x: { label: 'first direction', min: -2, max: 2 },
      y: { label: 'second direction', min: -2, max: 2 },
      layers: [
        { type: 'heatmap', values: surface, label: 'log of 1 + loss' },
        {
          type: 'line',
          x: walk.map((t) => -1.8 + 2.2 * t),
          y: walk.map((t) => 1.7 - 2.1 * t ** 0.5),
          label: 'descent',
        },
        {
          type: 'points',
          x: walk.filter((_, index) => index % 8 === 0).map((t) => -1.8 + 2.2 * t),
          y: walk.filter((_, index) => index % 8 === 0).map((t) => 1.7 - 2.1 * t ** 0.5),
          value: walk.filter((_, index) => index % 8 === 0).map((t) => 1 - t),
          label: 'loss on the way',
        },
      ],
    },
    histogram: {
      title: 'Size of the weights',
      x: { label: 'weight' },
      y: { label: 'count' },
      layers: [
        {
          type: 'bars',
          x: Array.from({ length: 21 }, (_, index) => (index - 10) / 5),
          height: Array.from({ length: 21 }, (_, index) =>
            Math.round(400 * Math.exp(-(((index - 10) / 5) ** 2)) * rng.uniform(0.85, 1.15)),
          ),
          label: 'weights',
        },
      ],
    },
    teacher: {
      title: 'Where the teacher proposes tasks',
      x: { label: 'height of obstacles' },
      y: { label: 'spacing of obstacles' },
      layers: [
        {
          type: 'points',
          x: Array.from({ length: 250 }, () => rng.normal(1, 0.5)),
          y: Array.from({ length: 250 }, () => rng.normal(3, 0.9)),
          label: 'proposed tasks',
        },
        {
          type: 'ellipses',
          label: 'learning progress',
          ellipses: [
            { x: 1, y: 3, a: 1, b: 0.35, angle: 0.9, value: 0.8 },
            { x: 0.4, y: 2.2, a: 0.6, b: 0.2, angle: -0.4, value: 0.3 },
            { x: 1.6, y: 4.2, a: 0.5, b: 0.45, angle: 0, value: 0.05 },
          ],
        },
      ],
    },
    policy: {
      title: 'Greedy policy',
      x: { label: 'column', categories: ['a', 'b', 'c', 'd', 'e', 'f'] },
      y: { label: 'row', categories: ['1', '2', '3', '4', '5', '6'] },
      layers: [
        {
          type: 'heatmap',
          values: Array.from({ length: 6 }, (_, row) =>
            Array.from({ length: 6 }, (_, column) => -Math.hypot(5 - row, 5 - column)),
          ),
          label: 'value',
        },
        {
          type: 'arrows',
          x: cells.map(([column]) => column - (column < 5 ? 0.3 : 0)),
          y: cells.map(([column, row]) => row - (column < 5 ? 0 : 0.3)),
          dx: cells.map(([column]) => (column < 5 ? 0.6 : 0)),
          dy: cells.map(([column]) => (column < 5 ? 0 : 0.6)),
          label: 'best move',
        },
      ],
    },
  };
}

/** Writes the sample run as a run folder. */
export async function writeSampleRun(folder: string, events: readonly RunEvent[] = sampleEvents()): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'run.json'), JSON.stringify(sampleRecord, null, 2));
  await writeFile(join(folder, 'events.jsonl'), events.map((event) => `${encodeJson(event)}\n`).join(''));
  await writeFile(
    join(folder, 'experiment.ts'),
    "import { experiment } from 'marginalia';\n\nexport default experiment({ /* <sample> & more */ });\n",
  );
}
