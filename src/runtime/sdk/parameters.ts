import { DeclarationError } from './declaration-error.ts';

/** A whole number that a person may turn. */
export interface IntParameter {
  readonly type: 'int';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** A real number that a person may turn. */
export interface FloatParameter {
  readonly type: 'float';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** One of several named options. */
export interface ChoiceParameter<C extends string = string> {
  readonly type: 'choice';
  readonly default: C;
  readonly choices: readonly C[];
  readonly about: string;
}

/** A switch. */
export interface FlagParameter {
  readonly type: 'flag';
  readonly default: boolean;
  readonly about: string;
}

export type Parameter = IntParameter | FloatParameter | ChoiceParameter | FlagParameter;
export type Parameters = Readonly<Record<string, Parameter>>;

/** The values a trial reads, typed by the declaration. */
export type ParameterValues<P extends Parameters> = { readonly [K in keyof P]: ParameterValue<P[K]> };

export type ParameterValue<T extends Parameter> =
  T extends ChoiceParameter<infer C> ? C : T extends FlagParameter ? boolean : number;

/** Any set of values, as run folders keep it. */
export type ParameterRecord = Readonly<Record<string, number | string | boolean>>;

/** What a number parameter is allowed to be, both ends included, and what it means. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** Declares a whole number: `int(1000, { min: 100, max: 20000, about: 'optimiser steps' })`. */
export function int(value: number, { min, max, about }: NumberRange): IntParameter {
  return { type: 'int', default: value, min, max, about };
}

/** Declares a real number: `float(0.03, { min: 0.001, max: 0.3, about: 'initial learning rate' })`. */
export function float(value: number, { min, max, about }: NumberRange): FloatParameter {
  return { type: 'float', default: value, min, max, about };
}

/** Declares one of several named options: `choice('adam', { choices: ['adam', 'momentum'], about: 'optimiser' })`. */
export function choice<const C extends string>(
  value: NoInfer<C>,
  { choices, about }: { readonly choices: readonly C[]; readonly about: string },
): ChoiceParameter<C> {
  return { type: 'choice', default: value, choices, about };
}

/** Declares a switch: `flag(false, { about: 'shuffle the tasks' })`. */
export function flag(value: boolean, { about }: { readonly about: string }): FlagParameter {
  return { type: 'flag', default: value, about };
}

/**
 * The value of every declared parameter: what was given, else its default.
 *
 * @throws DeclarationError where a name is not declared or a value is of another type or out of range.
 */
export function resolveParameters(declared: Parameters, given: ParameterRecord): ParameterRecord {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      const names = Object.keys(declared).join(', ');
      throw new DeclarationError(
        `There is no parameter '${name}'. ${names === '' ? 'The experiment declares none.' : `Declared are: ${names}.`}`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => {
      const value = given[name] ?? parameter.default;
      const fault = parameterFault(parameter, value);
      if (fault !== undefined) {
        throw new DeclarationError(`Parameter '${name}' is ${JSON.stringify(value)}, but must be ${fault}.`);
      }
      return [name, value];
    }),
  );
}

/** What the value should have been, or `undefined` where the parameter may take it. */
export function parameterFault(parameter: Parameter, value: unknown): string | undefined {
  switch (parameter.type) {
    case 'int':
    case 'float': {
      const kind = parameter.type === 'int' ? 'a whole number' : 'a number';
      const right = parameter.type === 'int' ? Number.isInteger(value) : Number.isFinite(value);
      const inside = right && (value as number) >= parameter.min && (value as number) <= parameter.max;
      return inside ? undefined : `${kind} from ${parameter.min} to ${parameter.max}`;
    }
    case 'choice':
      return parameter.choices.some((option) => option === value)
        ? undefined
        : `one of ${parameter.choices.join(', ')}`;
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'true or false';
  }
}
