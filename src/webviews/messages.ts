/**
 * Every message between the extension and its webviews. The only file that both sides import.
 * What comes from a webview is untrusted input to the extension and is parsed with the schemas below.
 */
import * as v from 'valibot';
import type { Method } from '../corpus/method.ts';
import type { Paper } from '../corpus/paper.ts';
import type { Outcome, RunError, Verdict } from '../runtime/runs/events.ts';
import type { Labels } from '../runtime/runs/labels.ts';
import type { RunRecord } from '../runtime/runs/record.ts';
import type { RunStatus } from '../runtime/runs/state.ts';
import type { Figure } from '../runtime/sdk/figure.ts';

export type { RunStatus };

/** One trial as the dashboard lists it. */
export interface TrialView {
  readonly trial: string;
  readonly arm: string;
  readonly seed: number;
  readonly status: 'waiting' | 'running' | Outcome;
  /** 0 to 1. */
  readonly share: number;
  readonly seconds?: number;
  readonly error?: RunError;
}

/** Everything of a run but its numbers, pictures and console. */
export interface RunView {
  readonly record: RunRecord;
  readonly status: RunStatus;
  readonly trials: readonly TrialView[];
  /** 0 to 1 over the whole run. */
  readonly share: number;
  /** Seconds since the start, or of the whole run once ended. */
  readonly elapsedSeconds: number;
  /** Estimated seconds to go; absent until there is something to estimate from. */
  readonly remainingSeconds?: number;
  readonly verdict?: Verdict;
  readonly error?: RunError;
  readonly warnings: readonly string[];
  /** What people have written on it; absent where nobody has. */
  readonly labels?: Labels;
}

/** Points of one metric of one trial: the whole series in a snapshot, what came since in an update. */
export interface SeriesPoints {
  readonly trial: string;
  readonly metric: string;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Of a large run that was opened from its index: what the first of these points stand for. Only in a snapshot. */
  readonly blocks?: readonly PointsBlock[];
}

/** A stretch of a series of which only its extremes, its first odd point and its last point have been sent. */
export interface PointsBlock {
  /** Index after the last point that was sent of it. */
  readonly end: number;
  /** How many points it has, and how many of them are NaN, infinite, or finite and not above zero. */
  readonly points: number;
  readonly nan: number;
  readonly infinite: number;
  readonly low: number;
}

/** All points of the blocks from `from` up to but without `to`. */
export interface WholeBlocks {
  readonly trial: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

export interface FigureView {
  readonly trial: string;
  readonly name: string;
  readonly figure: Figure;
}

/** Extension to run dashboard. A snapshot replaces everything the view holds; an update adds to it. */
export type ToDashboard =
  | {
      readonly type: 'snapshot';
      readonly run: RunView;
      readonly series: readonly SeriesPoints[];
      readonly figures: readonly FigureView[];
      readonly console: string;
      /** Whether this window may run and stop things (workspace trust). */
      readonly trusted: boolean;
      /** Title of the experiment's paper; without it the view shows the citation key. */
      readonly paperTitle?: string;
    }
  | {
      readonly type: 'update';
      readonly run: RunView;
      readonly series: readonly SeriesPoints[];
      readonly figures: readonly FigureView[];
      /** Console text since the last message. */
      readonly console: string;
    }
  /** The answer to `points`. */
  | { readonly type: 'points'; readonly metric: string; readonly series: readonly WholeBlocks[] }
  /** The run cannot be shown: its folder is gone or broken. */
  | { readonly type: 'failure'; readonly message: string };

export const fromDashboard = v.variant('type', [
  /** The view is loaded (or shown again) and wants a snapshot. */
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.picklist(['stop', 'pause', 'resume', 'run-again', 'open-folder', 'open-paper']) }),
  /** Shows the experiment's source, at a line where one is given. */
  v.object({ type: v.literal('open-source'), line: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) }),
  /** Wants all points of a metric of the blocks that reach into this range of steps. */
  v.object({
    type: v.literal('points'),
    metric: v.pipe(v.string(), v.maxLength(1000)),
    low: v.number(),
    high: v.number(),
  }),
  /** Saves text that the view made (CSV of the full data) through the editor's own dialog. */
  v.object({
    type: v.literal('save'),
    name: v.pipe(v.string(), v.maxLength(200)),
    text: v.string(),
  }),
  /** An error in the view's own code, for the log. */
  v.object({ type: v.literal('error'), message: v.pipe(v.string(), v.maxLength(10_000)) }),
]);
export type FromDashboard = v.InferOutput<typeof fromDashboard>;

/** A run of a paper's method, as the paper page lists it. */
export interface PaperRun {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly status: RunStatus;
  readonly verdict?: Verdict['verdict'];
}

/** A paper that the method's card names as related and that the corpus has. */
export interface RelatedPaper {
  /** As it stands in `method.related`. */
  readonly name: string;
  readonly key: string;
  readonly title: string;
}

/** Extension to paper page. */
export interface ToPaperPage {
  readonly type: 'paper';
  readonly paper: Paper;
  readonly method?: Method;
  /** SVG of each of the method's equations in order, drawn in `currentColor`; empty string where TeX could not be typeset. */
  readonly equations: readonly string[];
  readonly bibtex: string;
  readonly runs: readonly PaperRun[];
  /** Those of `method.related` that are in the corpus, as links; the others are shown as plain text. */
  readonly related?: readonly RelatedPaper[];
}

export const fromPaperPage = v.variant('type', [
  v.object({ type: v.picklist(['ready', 'scaffold', 'cite', 'open-link', 'insert-snippet']) }),
  /** Shows where the paper was read: `paper.locations[index]`, the first without an index. */
  v.object({ type: v.literal('open-location'), index: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))) }),
  v.object({ type: v.literal('open-paper'), key: v.pipe(v.string(), v.maxLength(200)) }),
  v.object({ type: v.literal('open-run'), id: v.pipe(v.string(), v.maxLength(200)) }),
  v.object({ type: v.literal('error'), message: v.pipe(v.string(), v.maxLength(10_000)) }),
]);
export type FromPaperPage = v.InferOutput<typeof fromPaperPage>;

/** What the dashboard's panel persists, and what a serializer gets back: whose run it is and how the view was left. */
export interface DashboardState {
  readonly runId: string;
  readonly ui: unknown;
}

/** What the paper page's panel persists. */
export interface PaperPageState {
  readonly key: string;
}
