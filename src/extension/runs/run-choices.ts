import * as v from 'valibot';
import type { ExperimentDescription } from '../../runtime/runs/record.ts';
import type { FloatParameter, IntParameter, Parameter, ParameterRecord } from '../../runtime/sdk/parameters.ts';
import type { RunChoices } from './run-experiment.ts';

/** Most seeds that a person may ask for here. */
const mostSeeds = 1000;

const stored = v.object({
  params: v.optional(v.record(v.string(), v.union([v.number(), v.string(), v.boolean()]))),
  seeds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostSeeds))),
  arms: v.optional(v.array(v.string())),
  backend: v.optional(v.picklist(['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu'])),
});

/** What was chosen for a file the last time, as far as its experiment still declares it. */
export function storedChoices(description: ExperimentDescription, value: unknown): RunChoices {
  const parsed = v.safeParse(stored, value);
  if (!parsed.success) return {};
  const { params, seeds, arms, backend } = parsed.output;
  const valid: ParameterRecord = Object.fromEntries(
    Object.entries(params ?? {}).filter(([name, chosen]) => isValue(description.params[name], chosen)),
  );
  const known = (arms ?? []).filter((arm) => Object.hasOwn(description.arms, arm));
  return {
    ...(Object.keys(valid).length === 0 ? {} : { params: valid }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(known.length === 0 ? {} : { arms: known }),
    ...(backend === undefined ? {} : { backend }),
  };
}

/** Choices in one line; what the experiment declares where nothing was changed. */
export function describedChoices({ params = {}, seeds, arms, backend }: RunChoices): string {
  const parts = [
    ...Object.entries(params).map(([name, value]) => `${name} = ${String(value)}`),
    ...(arms === undefined ? [] : [arms.join(' against ')]),
    ...(seeds === undefined ? [] : [`${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`]),
    ...(backend === undefined ? [] : [backend]),
  ];
  return parts.length === 0 ? 'as the experiment declares it' : parts.join(', ');
}

/** What is wrong with a number that was typed in for a parameter. */
export function numberProblem(parameter: IntParameter | FloatParameter, text: string): string | undefined {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'A number, such as 0.03 or 1e-3';
  if (parameter.type === 'int' && !Number.isInteger(value)) return 'A whole number';
  if (value < parameter.min || value > parameter.max) return `From ${parameter.min} to ${parameter.max}`;
  return undefined;
}

export function seedsProblem(text: string): string | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= mostSeeds
    ? undefined
    : `A whole number from 1 to ${mostSeeds}`;
}

function isValue(parameter: Parameter | undefined, value: number | string | boolean): boolean {
  switch (parameter?.type) {
    case undefined:
      return false;
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && parameter.choices.includes(value);
    case 'int':
    case 'float':
      return typeof value === 'number' && numberProblem(parameter, String(value)) === undefined;
  }
}
