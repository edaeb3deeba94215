import { writeColour } from '../colour.ts';
import { svg } from '../dom.ts';
import type { FigureLayer } from '../../runtime/sdk/figure.ts';
import type { ArmStyle } from './arm-style.ts';
import { markerPaths } from './marker.ts';

/** A short stretch of an arm's line with its marker, as the charts draw it. */
export function swatch({ colour, dash, marker, width }: ArmStyle): SVGSVGElement {
  const drawn = writeColour(colour);
  return svg(
    'svg',
    { class: 'swatch', viewBox: '0 0 32 12', 'aria-hidden': 'true', focusable: 'false' },
    svg('line', {
      x1: 1,
      x2: 31,
      y1: 6,
      y2: 6,
      stroke: drawn,
      'stroke-width': width,
      'stroke-dasharray': dash.join(' '),
    }),
    svg('path', {
      d: markerPaths[marker],
      transform: 'translate(16 6) scale(3.6)',
      fill: drawn,
      stroke: drawn,
      'stroke-width': marker === 'cross' || marker === 'plus' ? 0.6 : 0.1,
    }),
  );
}

/** What a layer of a figure without a colour bar looks like. */
export function layerSwatch(type: FigureLayer['type'], style: ArmStyle): SVGSVGElement {
  const drawn = writeColour(style.colour);
  const shapes: Readonly<Partial<Record<FigureLayer['type'], SVGElement>>> = {
    bars: svg('rect', { x: 8, y: 1, width: 16, height: 10, fill: drawn }),
    points: svg('path', {
      d: markerPaths[style.marker],
      transform: 'translate(16 6) scale(3.6)',
      fill: drawn,
      stroke: drawn,
      'stroke-width': style.marker === 'cross' || style.marker === 'plus' ? 0.6 : 0.1,
    }),
    ellipses: svg('ellipse', { cx: 16, cy: 6, rx: 11, ry: 4.5, fill: 'none', stroke: drawn, 'stroke-width': 2 }),
    arrows: svg('path', { d: 'M5 6h22M22 2l5 4-5 4', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 }),
  };
  const line = svg('line', {
    x1: 1,
    x2: 31,
    y1: 6,
    y2: 6,
    stroke: drawn,
    'stroke-width': style.width,
    'stroke-dasharray': style.dash.join(' '),
  });
  return svg(
    'svg',
    { class: 'swatch', viewBox: '0 0 32 12', 'aria-hidden': 'true', focusable: 'false' },
    shapes[type] ?? line,
  );
}
