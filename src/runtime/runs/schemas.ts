/**
 * What run folders hold, as schemas: a folder is written by another process, perhaps of another version, on a disk that
 * may have failed, so everything that is read from one goes through here.
 */
import * as v from 'valibot';
import type { Figure, FigureLayer } from '../sdk/figure.ts';
import type { ControlRequest, JsonNumber, RunError, RunEvent, Verdict } from './events.ts';
import type { RunRecord } from './record.ts';
import type { StateSnapshot } from './state.ts';

/** Checks a type without changing the value; what `v.InferOutput` finds is what the rest of the code declares. */
type SchemaOf<T> = v.GenericSchema<unknown, T>;

const outcome = v.picklist(['completed', 'failed', 'stopped']);
const condition = v.picklist(['holds', 'fails', 'inconclusive']);

const notFinite: readonly unknown[] = ['NaN', 'Infinity', '-Infinity'];
const isJsonNumber = (value: unknown): value is JsonNumber => typeof value === 'number' || notFinite.includes(value);

const jsonNumber = v.pipe(
  v.custom<JsonNumber>(isJsonNumber, 'is not a number'),
  v.transform((value) => Number(value)),
);
/** Lists of numbers are long, so they are looked at in one plain loop each. */
const jsonNumbers = v.custom<readonly JsonNumber[]>(
  (value) => Array.isArray(value) && value.every(isJsonNumber),
  'is not a list of numbers',
);
const numbers = v.pipe(
  jsonNumbers,
  v.transform((values): readonly number[] =>
    values.every((value) => typeof value === 'number') ? values : values.map(Number),
  ),
);

const axis = v.object({
  label: v.string(),
  min: v.exactOptional(jsonNumber),
  max: v.exactOptional(jsonNumber),
  scale: v.exactOptional(v.picklist(['linear', 'log'])),
  categories: v.exactOptional(v.array(v.string())),
});

const layer: SchemaOf<FigureLayer> = v.variant('type', [
  v.object({
    type: v.literal('heatmap'),
    values: v.array(numbers),
    label: v.string(),
    min: v.exactOptional(jsonNumber),
    max: v.exactOptional(jsonNumber),
  }),
  v.object({ type: v.literal('line'), x: numbers, y: numbers, label: v.string() }),
  v.object({ type: v.literal('points'), x: numbers, y: numbers, label: v.string(), value: v.exactOptional(numbers) }),
  v.object({ type: v.literal('bars'), x: numbers, height: numbers, label: v.string() }),
  v.object({
    type: v.literal('ellipses'),
    label: v.string(),
    ellipses: v.array(
      v.object({
        x: jsonNumber,
        y: jsonNumber,
        a: jsonNumber,
        b: jsonNumber,
        angle: jsonNumber,
        value: v.exactOptional(jsonNumber),
      }),
    ),
  }),
  v.object({ type: v.literal('arrows'), label: v.string(), x: numbers, y: numbers, dx: numbers, dy: numbers }),
]);

export const figureSchema: SchemaOf<Figure> = v.object({ title: v.string(), x: axis, y: axis, layers: v.array(layer) });

export const runErrorSchema: SchemaOf<RunError> = v.object({
  kind: v.picklist(['compile', 'declaration', 'request', 'exception', 'exit', 'memory', 'time', 'killed', 'internal']),
  message: v.string(),
  stack: v.exactOptional(v.string()),
  file: v.exactOptional(v.string()),
  line: v.exactOptional(v.number()),
  column: v.exactOptional(v.number()),
});

const verdictEntries = {
  verdict: condition,
  statement: v.string(),
  conditions: v.array(
    v.object({
      label: v.string(),
      value: jsonNumber,
      interval: v.tuple([jsonNumber, jsonNumber]),
      relation: v.picklist(['at least', 'at most']),
      bound: jsonNumber,
      unit: v.exactOptional(v.string()),
      outcome: condition,
    }),
  ),
  seeds: v.number(),
  resamples: v.number(),
};
export const verdictSchema: SchemaOf<Verdict> = v.object(verdictEntries);

const parameter = v.variant('type', [
  v.object({
    type: v.picklist(['int', 'float']),
    default: v.number(),
    min: v.number(),
    max: v.number(),
    about: v.string(),
  }),
  v.object({ type: v.literal('choice'), default: v.string(), choices: v.array(v.string()), about: v.string() }),
  v.object({ type: v.literal('flag'), default: v.boolean(), about: v.string() }),
]);

const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu', 'none'] as const;

const description = v.object({
  paper: v.string(),
  question: v.string(),
  statement: v.string(),
  compute: v.picklist(['none', 'linalg', 'autodiff']),
  flopsPerUpdate: v.exactOptional(v.number()),
  threads: v.exactOptional(v.number()),
  seeds: v.number(),
  params: v.record(v.string(), parameter),
  arms: v.record(
    v.string(),
    v.object({ role: v.picklist(['method', 'baseline', 'ablation', 'reference']), about: v.string() }),
  ),
  metrics: v.record(
    v.string(),
    v.object({
      better: v.picklist(['lower', 'higher', 'neither']),
      unit: v.string(),
      about: v.string(),
      step: v.exactOptional(v.string()),
      stepScale: v.exactOptional(v.picklist(['linear', 'log'])),
      scale: v.exactOptional(v.picklist(['linear', 'log'])),
    }),
  ),
});

export const recordSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  name: v.string(),
  created: v.pipe(v.string(), v.isoTimestamp()),
  experiment: v.object({ file: v.string(), hash: v.string(), description }),
  params: v.record(v.string(), v.union([v.number(), v.string(), v.boolean()])),
  arms: v.array(v.string()),
  seeds: v.array(v.number()),
  backend: v.object({
    name: v.picklist(backendNames),
    version: v.string(),
    reason: v.string(),
    asked: v.exactOptional(v.picklist([...backendNames, 'auto'])),
  }),
  jobs: v.number(),
  // Folders from before there was a choice do not say.
  threads: v.exactOptional(v.number(), 1),
  limits: v.object({ memoryMegabytes: v.number(), trialSeconds: v.number() }),
  whenStarterExits: v.picklist(['continue', 'stop']),
  versions: v.object({ marginalia: v.string(), node: v.string() }),
  machine: v.object({
    host: v.string(),
    platform: v.string(),
    cpu: v.string(),
    cores: v.number(),
    memoryMegabytes: v.number(),
  }),
  git: v.nullable(v.object({ commit: v.string(), dirty: v.boolean() })),
  pid: v.number(),
}) satisfies SchemaOf<RunRecord>;

const at = v.number();
const trial = v.string();

export const eventSchema: SchemaOf<RunEvent> = v.variant('type', [
  v.object({ at, type: v.literal('started'), pid: v.number(), record: v.exactOptional(recordSchema) }),
  v.object({ at, type: v.literal('continued'), pid: v.number() }),
  v.object({
    at,
    type: v.literal('trial-started'),
    trial,
    arm: v.string(),
    seed: v.number(),
    pid: v.number(),
    checkpoint: v.exactOptional(v.number()),
  }),
  v.object({ at, type: v.literal('checkpoint'), trial, number: v.number() }),
  v.object({ at, type: v.literal('points'), trial, metric: v.string(), steps: numbers, values: jsonNumbers }),
  v.object({ at, type: v.literal('figure'), trial, name: v.string(), figure: figureSchema }),
  v.object({ at, type: v.literal('progress'), trial, share: v.number() }),
  v.object({
    at,
    type: v.literal('trial-ended'),
    trial,
    outcome,
    seconds: v.number(),
    error: v.exactOptional(runErrorSchema),
  }),
  v.object({ at, type: v.literal('warning'), message: v.string(), trial: v.exactOptional(trial) }),
  v.object({ at, type: v.picklist(['stopping', 'paused', 'resumed']) }),
  v.object({ at, type: v.literal('verdict'), ...verdictEntries }),
  v.object({ at, type: v.literal('ended'), outcome, seconds: v.number(), error: v.exactOptional(runErrorSchema) }),
]);

const runStatus = v.picklist(['starting', 'running', 'stopping', 'paused', 'interrupted', ...outcome.options]);

export const stateSnapshotSchema: SchemaOf<StateSnapshot> = v.object({
  status: runStatus,
  trials: v.array(
    v.object({
      trial,
      arm: v.string(),
      seed: v.number(),
      status: v.picklist(['waiting', 'running', ...outcome.options]),
      share: v.number(),
      attempt: v.number(),
      seconds: v.exactOptional(v.number()),
      error: v.exactOptional(runErrorSchema),
    }),
  ),
  warnings: v.array(v.string()),
  pausedMilliseconds: v.number(),
  pausedAt: v.exactOptional(v.number()),
  verdict: v.exactOptional(verdictSchema),
  error: v.exactOptional(runErrorSchema),
  startedAt: v.exactOptional(v.number()),
  lastEventAt: v.exactOptional(v.number()),
  seconds: v.exactOptional(v.number()),
});

export const controlSchema: SchemaOf<ControlRequest> = v.object({
  request: v.picklist(['stop', 'pause', 'resume']),
  at: v.number(),
});
