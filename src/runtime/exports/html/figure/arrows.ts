import { place } from '../paths.ts';
import { addKey, type Canvas, type Layer } from './canvas.ts';

/** Arrows from (x, y) along (dx, dy); none where that is no way at all. */
export function drawArrows({ x, y, dx, dy, label }: Layer<'arrows'>, canvas: Canvas): string {
  addKey(canvas, 'ink', '<path class="arrow" d="M2 5H29M25 2L29 5L25 8"/>', label);
  const arrows = x.map((startX, index) => {
    const startY = y[index]!;
    const fromX = canvas.x.position(startX);
    const fromY = canvas.y.position(startY);
    const toX = canvas.x.position(startX + dx[index]!);
    const toY = canvas.y.position(startY + dy[index]!);
    const length = Math.hypot(toX - fromX, toY - fromY);
    if (!Number.isFinite(length) || length === 0) return '';
    const head = Math.min(6, length * 0.4);
    const alongX = ((toX - fromX) / length) * head;
    const alongY = ((toY - fromY) / length) * head;
    const tip = `${place(toX)} ${place(toY)}`;
    const barb = (side: 1 | -1) =>
      `${place(toX - alongX + side * 0.6 * alongY)} ${place(toY - alongY - side * 0.6 * alongX)}`;
    return `M${place(fromX)} ${place(fromY)}L${tip}M${barb(1)}L${tip}L${barb(-1)}`;
  });
  const path = arrows.join('');
  // On a ground of its own, so that it is seen on every colour of a heat map.
  return `<path class="casing" stroke-width="4.5" d="${path}"/><path class="arrow ink" d="${path}"/>`;
}
