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
export type ParameterValues<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends ChoiceParameter<infer C> ? C : P[K] extends FlagParameter ? boolean : number;
};

/** Any set of values, as run folders keep it. */
export type ParameterRecord = Readonly<Record<string, number | string | boolean>>;
