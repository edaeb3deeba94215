import { levelCount, levelOf } from '../colour-levels.ts';
import { place } from '../paths.ts';
import { addKey, type Canvas, type Layer, rangeOf } from './canvas.ts';

/** A map with more rows or columns is drawn from the means of blocks of cells. */
const mostCells = 200;

/** A matrix as coloured cells, its first row at the bottom, stretched over the plot; struck through where it has no value. */
export function drawHeatMap(layer: Layer<'heatmap'>, canvas: Canvas): string {
  const { plot } = canvas;
  const { cells, rows, columns } = shrink(layer.values);
  if (cells.length === 0) return '';
  const { min, max } = rangeOf(cells, layer);
  canvas.colourScales.push({ family: 'cool', label: layer.label, min, max });
  const width = (plot.right - plot.left) / columns;
  const height = (plot.bottom - plot.top) / rows;
  // One path a colour: neighbours in a row join into one stretch.
  const paths = Array.from({ length: levelCount }, () => '');
  let empty = '';
  for (let row = 0; row < rows; row++) {
    const bottom = plot.bottom - row * height;
    const levelAt = (column: number) => levelOf(cells[row * columns + column]!, min, max);
    let column = 0;
    while (column < columns) {
      const start = column;
      const level = levelAt(start);
      const left = plot.left + start * width;
      column++;
      if (Number.isNaN(level)) {
        empty += `M${place(left)} ${place(bottom)}L${place(left + width)} ${place(bottom - height)}`;
        continue;
      }
      while (column < columns && levelAt(column) === level) column++;
      paths[level]! +=
        `M${place(left)} ${place(bottom)}H${place(plot.left + column * width)}V${place(bottom - height)}H${place(left)}Z`;
    }
  }
  const coloured = paths.map((path, level) => (path === '' ? '' : `<path class="cell cool-${level}" d="${path}"/>`));
  if (empty !== '') addKey(canvas, 'grey', '<path class="empty" d="M11 10L21 0"/>', 'no value');
  return `<g shape-rendering="crispEdges">${coloured.join('')}</g><path class="empty grey" d="${empty}"/>`;
}

interface Cells {
  /** Row after row. */
  readonly cells: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** The matrix, a large one as the means of the finite values of blocks; NaN where a block has none. */
function shrink(values: readonly (readonly number[])[]): Cells {
  const widest = Math.max(0, ...values.map((row) => row.length));
  const block = Math.max(1, Math.ceil(Math.max(values.length, widest) / mostCells));
  const rows = Math.ceil(values.length / block);
  const columns = Math.ceil(widest / block);
  const cells = new Float64Array(rows * columns);
  const counts = new Uint32Array(rows * columns);
  values.forEach((row, y) => {
    row.forEach((value, x) => {
      if (!Number.isFinite(value)) return;
      const cell = Math.floor(y / block) * columns + Math.floor(x / block);
      cells[cell]! += value;
      counts[cell]!++;
    });
  });
  return { cells: cells.map((sum, cell) => sum / counts[cell]!), rows, columns };
}
