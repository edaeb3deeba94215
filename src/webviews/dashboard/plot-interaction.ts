import { html } from '../dom.ts';
import type { Range } from '../ticks.ts';
import type { Drawn, Plot } from './plot.ts';
import { keepNear, panRange, partOfRange, type Zoom, zoomRange } from './zoom.ts';

/** Where the reading line stands: a step, and the height of the pointer where it was a pointer that put it there. */
export interface Cursor {
  readonly step: number;
  readonly value?: number;
}

export interface PlotInteraction {
  zoomBy(factor: number): void;
  /** Shows the reading line at a step, or hides it. */
  showCursor(step: number | undefined): void;
}

export interface InteractionOptions {
  readonly plot: Plot;
  /** Takes focus and events; holds the plot. */
  readonly surface: HTMLElement;
  /** What is drawn now; undefined where nothing is. */
  readonly drawn: () => Drawn | undefined;
  readonly logarithmic: () => { readonly steps: boolean; readonly values: boolean };
  readonly zoom: () => Zoom;
  readonly zoomed: (zoom: Zoom) => void;
  readonly pointed: (cursor: Cursor | undefined) => void;
  /** The arrow keys move the reading line: -1 to the left, 1 to the right, ±Infinity to the ends. */
  readonly walked: (direction: number) => void;
}

/** Below this many pixels a drag is a click, and a box is a stripe. */
const dragThreshold = 6;
const stripeThreshold = 14;

/** Wheel, drag and keys over a plot: zoom and pan on each axis, and a reading line. */
export function createInteraction(options: InteractionOptions): PlotInteraction {
  const { plot, surface, drawn, logarithmic, zoom, zoomed, pointed, walked } = options;
  const cursorLine = html('div', { class: 'plot-cursor', hidden: true });
  const box = html('div', { class: 'plot-box', hidden: true });
  plot.element.append(cursorLine, box);

  const setSteps = (steps: Range) => {
    const now = drawn();
    if (now) zoomed({ ...zoom(), steps: keepNear(steps, now.allSteps, logarithmic().steps) });
  };
  const setValues = (values: Range) => zoomed({ ...zoom(), values });

  /** A pointer's place as shares of the plot's area, and the axis under it. */
  const placeOf = (event: MouseEvent) => {
    const area = plot.area;
    if (!area) return undefined;
    const bounds = plot.element.getBoundingClientRect();
    const left = event.clientX - bounds.left;
    const top = event.clientY - bounds.top;
    return {
      left,
      top,
      x: (left - area.left) / (area.right - area.left),
      y: (area.bottom - top) / (area.bottom - area.top),
      over: left < area.left ? ('values' as const) : top > area.bottom ? ('steps' as const) : ('area' as const),
    };
  };

  surface.addEventListener(
    'wheel',
    (event) => {
      const now = drawn();
      const place = placeOf(event);
      // Without focus the wheel scrolls the page, as people expect; pinching and Ctrl always zoom.
      if (!now || !place || !(event.ctrlKey || event.metaKey || surface.contains(document.activeElement))) return;
      event.preventDefault();
      const scales = logarithmic();
      const turn = (event.deltaY || event.deltaX) * (event.deltaMode === 1 ? 20 : 1);
      if (event.shiftKey || (event.deltaX !== 0 && event.deltaY === 0)) {
        setSteps(panRange(now.steps, turn / 600, scales.steps));
        return;
      }
      const factor = Math.exp(Math.max(-1, Math.min(1, turn / 300)));
      if (place.over === 'values') setValues(zoomRange(now.values, factor, place.y, scales.values));
      else setSteps(zoomRange(now.steps, factor, Math.min(1, Math.max(0, place.x)), scales.steps));
    },
    { passive: false },
  );

  let drag: { left: number; top: number; x: number; y: number; panning: boolean; started: Drawn } | undefined;
  plot.element.addEventListener('pointerdown', (event) => {
    const now = drawn();
    const place = placeOf(event);
    if (!now || !place || event.button > 1) return;
    const panning = event.shiftKey || event.button === 1 || event.pointerType === 'touch' || place.over !== 'area';
    drag = { ...place, panning, started: now };
    plot.element.setPointerCapture(event.pointerId);
    pointed(undefined);
    surface.focus({ preventScroll: true });
    event.preventDefault();
  });
  plot.element.addEventListener('pointermove', (event) => {
    const now = drawn();
    const place = placeOf(event);
    const area = plot.area;
    if (!now || !place || !area) return;
    if (!drag) {
      const inside = place.over === 'area' && place.x <= 1 && place.y <= 1;
      const { steps, values } = logarithmic();
      const at = (range: Range, share: number, log: boolean) => partOfRange(range, 0, Math.max(1e-9, share), log).max;
      pointed(inside ? { step: at(now.steps, place.x, steps), value: at(now.values, place.y, values) } : undefined);
      return;
    }
    if (drag.panning) {
      const scales = logarithmic();
      const next: { steps?: Range; values?: Range } = { ...zoom() };
      if (Math.abs(place.left - drag.left) >= 1) {
        const moved = panRange(drag.started.steps, drag.x - place.x, scales.steps);
        next.steps = keepNear(moved, drag.started.allSteps, scales.steps);
      }
      // Up and down only once that is clearly meant, so that the fit to the data is not lost by a shaky hand.
      if (next.values || Math.abs(place.top - drag.top) > 3 * dragThreshold) {
        next.values = panRange(drag.started.values, drag.y - place.y, scales.values);
      }
      zoomed(next);
      return;
    }
    const shape = boxShape(drag, place);
    box.hidden = !shape;
    if (!shape) return;
    const left = shape === 'values' ? area.left : Math.max(area.left, Math.min(drag.left, place.left));
    const right = shape === 'values' ? area.right : Math.min(area.right, Math.max(drag.left, place.left));
    const top = shape === 'steps' ? area.top : Math.max(area.top, Math.min(drag.top, place.top));
    const bottom = shape === 'steps' ? area.bottom : Math.min(area.bottom, Math.max(drag.top, place.top));
    box.style.transform = `translate(${left}px, ${top}px)`;
    box.style.width = `${right - left}px`;
    box.style.height = `${bottom - top}px`;
  });
  const endDrag = (event: PointerEvent, accepted: boolean) => {
    const place = placeOf(event);
    if (drag && place && accepted && !drag.panning) {
      const shape = boxShape(drag, place);
      const scales = logarithmic();
      const clip = (share: number) => Math.min(1, Math.max(0, share));
      const next: { steps?: Range; values?: Range } = { ...zoom() };
      if (shape === 'steps' || shape === 'both') {
        next.steps = partOfRange(drag.started.steps, clip(drag.x), clip(place.x), scales.steps);
      }
      if (shape === 'values' || shape === 'both') {
        next.values = partOfRange(drag.started.values, clip(drag.y), clip(place.y), scales.values);
      }
      if (shape) zoomed(next);
    }
    drag = undefined;
    box.hidden = true;
  };
  plot.element.addEventListener('pointerup', (event) => endDrag(event, true));
  plot.element.addEventListener('pointercancel', (event) => endDrag(event, false));
  plot.element.addEventListener('pointerleave', () => pointed(undefined));
  plot.element.addEventListener('dblclick', () => zoomed({}));

  surface.addEventListener('blur', () => pointed(undefined));
  surface.addEventListener('keydown', (event) => {
    const now = drawn();
    if (!now || event.ctrlKey || event.metaKey || event.altKey || event.target !== surface) return;
    const scales = logarithmic();
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (event.shiftKey ? setSteps(panRange(now.steps, -0.1, scales.steps)) : walked(-1)),
      ArrowRight: () => (event.shiftKey ? setSteps(panRange(now.steps, 0.1, scales.steps)) : walked(1)),
      ArrowUp: () => setValues(panRange(now.values, 0.1, scales.values)),
      ArrowDown: () => setValues(panRange(now.values, -0.1, scales.values)),
      Home: () => walked(-Infinity),
      End: () => walked(Infinity),
      '+': () => setSteps(zoomRange(now.steps, 0.8, 0.5, scales.steps)),
      '=': () => setSteps(zoomRange(now.steps, 0.8, 0.5, scales.steps)),
      '-': () => setSteps(zoomRange(now.steps, 1.25, 0.5, scales.steps)),
      PageUp: () => setValues(zoomRange(now.values, 0.8, 0.5, scales.values)),
      PageDown: () => setValues(zoomRange(now.values, 1.25, 0.5, scales.values)),
      '0': () => zoomed({}),
      Escape: () => pointed(undefined),
    };
    // Plain up and down scroll the page; with Shift they pan.
    if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.shiftKey) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  return {
    zoomBy(factor) {
      const now = drawn();
      if (now) setSteps(zoomRange(now.steps, factor, 0.5, logarithmic().steps));
    },
    showCursor(step) {
      const area = plot.area;
      const now = drawn();
      const visible = step !== undefined && area && now && step >= now.steps.min && step <= now.steps.max;
      cursorLine.hidden = !visible;
      if (!visible) return;
      cursorLine.style.transform = `translate(${plot.pixelOf('steps', step)}px, ${area.top}px)`;
      cursorLine.style.height = `${area.bottom - area.top}px`;
    },
  };
}

function boxShape(
  from: { readonly left: number; readonly top: number },
  to: { readonly left: number; readonly top: number },
): 'steps' | 'values' | 'both' | undefined {
  const wide = Math.abs(to.left - from.left);
  const tall = Math.abs(to.top - from.top);
  if (Math.max(wide, tall) < dragThreshold) return undefined;
  if (tall < stripeThreshold) return 'steps';
  return wide < stripeThreshold ? 'values' : 'both';
}
