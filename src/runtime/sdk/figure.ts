/** An axis of a figure. */
export interface FigureAxis {
  readonly label: string;
  readonly min?: number;
  readonly max?: number;
  readonly scale?: 'linear' | 'log';
  /** Names of the positions 0, 1, 2, … on a categorical axis. */
  readonly categories?: readonly string[];
}

/** One layer of a figure, drawn in the order given. */
export type FigureLayer =
  /** A matrix: `values[row][column]`, row 0 at the bottom (`y.min`), stretched over the axes' ranges. */
  | {
      readonly type: 'heatmap';
      readonly values: readonly (readonly number[])[];
      readonly label: string;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly type: 'line'; readonly x: readonly number[]; readonly y: readonly number[]; readonly label: string }
  /** Dots; `value` colours them on the scale of the layer. */
  | {
      readonly type: 'points';
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly label: string;
      readonly value?: readonly number[];
    }
  | { readonly type: 'bars'; readonly x: readonly number[]; readonly height: readonly number[]; readonly label: string }
  /** Ellipses of a 2-D covariance: centre, half axes along the eigenvectors, angle of the first in radians; `value` colours them. */
  | {
      readonly type: 'ellipses';
      readonly label: string;
      readonly ellipses: readonly {
        readonly x: number;
        readonly y: number;
        readonly a: number;
        readonly b: number;
        readonly angle: number;
        readonly value?: number;
      }[];
    }
  /** Arrows of unit cells, e.g. a gridworld's policy: from (x, y) along (dx, dy). */
  | {
      readonly type: 'arrows';
      readonly label: string;
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly dx: readonly number[];
      readonly dy: readonly number[];
    };

/** A picture that a trial draws and may redraw: a heat map with dots, a policy, a histogram. */
export interface Figure {
  readonly title: string;
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  readonly layers: readonly FigureLayer[];
}
