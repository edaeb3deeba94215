import type { MarkerShape } from './arm-style.ts';

/** Outlines of markers around the origin with a radius of about one, for canvases and SVG alike. */
export const markerPaths: Readonly<Record<MarkerShape, string>> = {
  circle: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  square: 'M-0.9 -0.9H0.9V0.9H-0.9Z',
  triangle: 'M0 -1.15L1.05 0.8H-1.05Z',
  diamond: 'M0 -1.25L1.15 0L0 1.25L-1.15 0Z',
  cross: 'M-0.9 -0.9L0.9 0.9M0.9 -0.9L-0.9 0.9',
  plus: 'M-1.15 0H1.15M0 -1.15V1.15',
  wedge: 'M0 1.15L1.05 -0.8H-1.05Z',
};

const outlines = new Map<MarkerShape, Path2D>();

/** Draws a marker in the context's current fill and stroke colours. */
export function drawMarker(
  context: CanvasRenderingContext2D,
  shape: MarkerShape,
  x: number,
  y: number,
  radius: number,
): void {
  let outline = outlines.get(shape);
  if (!outline) {
    outline = new Path2D(markerPaths[shape]);
    outlines.set(shape, outline);
  }
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.setLineDash([]);
  context.lineWidth = shape === 'cross' || shape === 'plus' ? 0.6 : 0.2;
  context.fill(outline);
  context.stroke(outline);
  context.restore();
}
