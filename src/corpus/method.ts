import type { RecordedVerdict } from './verdicts.ts';

/** One labelled formula of a method. */
export interface Equation {
  readonly label: string;
  /** LaTeX, display style, without delimiters. */
  readonly tex: string;
  /** What the symbols mean. */
  readonly where: string;
}

/** One parameter of an experiment as declared in its module. */
export interface ParameterDeclaration {
  readonly name: string;
  readonly type: 'int' | 'float' | 'choice' | 'flag';
  readonly default: number | string | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  readonly about: string;
}

/**
 * What a paper contributes that code can name and run. Compiled by the build from `snippets/<family>/<id>/`:
 * the facts from `card.yaml`, the declaration from `experiment.ts`.
 */
export interface Method {
  readonly id: string;
  readonly family: string;
  readonly kind: 'algorithm' | 'theory' | 'benchmark' | 'survey' | 'system';
  readonly paper: {
    readonly title: string;
    /** Other titles under which sources list it. */
    readonly otherTitles?: readonly string[];
    readonly authors: readonly string[];
    readonly year: number;
    readonly arxiv?: string;
    readonly doi?: string;
    readonly venue?: string;
  };
  /** Names as prose writes them: `Reflected Exponential schedule`. */
  readonly names: readonly string[];
  /** Names as code writes them, in any one casing: `rex_schedule`, `RexLR`. */
  readonly identifiers: readonly string[];
  /** Those of `names` and `identifiers` that mean other things too and count only with evidence. */
  readonly ambiguous: readonly string[];
  /** Words whose presence nearby is evidence for an ambiguous name. */
  readonly context: readonly string[];
  readonly summary: string;
  readonly insight: string;
  readonly equations: readonly Equation[];
  readonly pitfalls: readonly string[];
  /** Method ids, or titles of papers. */
  readonly related: readonly string[];
  readonly snippet: { readonly prefix: string; readonly signature: string; readonly about: string };
  readonly experiment: {
    readonly question: string;
    readonly statement: string;
    /** Seconds of the default run on two cores: those of the verdict, or what the card expects. */
    readonly seconds: number;
    readonly compute: 'none' | 'linalg' | 'autodiff';
    readonly scaledDown: string;
    readonly parameters: readonly ParameterDeclaration[];
    readonly arms: readonly {
      readonly name: string;
      readonly role: 'method' | 'baseline' | 'ablation' | 'reference';
    }[];
    readonly metrics: readonly string[];
  };
  /** Of what a verdict on the claim depends on: the method's folder and the parts of the sdk that its experiment uses. */
  readonly hash: string;
  /** What `marginalia verify` found last; absent where it has not been run on the experiment as it stands. */
  readonly verdict?: MethodVerdict;
  /** What was changed against the specification, and why a claim does not hold where it does not. */
  readonly notes?: string;
  readonly sources: string;
  readonly confidence: 'high' | 'medium' | 'low';
}

/** A recorded verdict as views show it. */
export type MethodVerdict = Omit<RecordedVerdict, 'hash' | 'curve'>;
