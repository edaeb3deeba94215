import { writeColour } from '../colour.ts';
import type { Theme } from '../theme.ts';
import type { ArmStyle } from './arm-style.ts';
import { drawMarker } from './marker.ts';

/** Gives a canvas its size in CSS pixels at the screen's resolution, clears it, and returns its context in CSS pixels. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const density = Math.max(1, window.devicePixelRatio);
  const [columns, rows] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d')!;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A chart as a picture that stands by itself: title, legend and drawing on the theme's background, at twice the size. */
export function composePicture(
  drawing: HTMLCanvasElement,
  title: string,
  arms: readonly { readonly name: string; readonly style: ArmStyle }[],
  theme: Theme,
): HTMLCanvasElement {
  const scale = 2;
  const width = drawing.clientWidth + 32;
  const picture = document.createElement('canvas');
  const context = picture.getContext('2d')!;
  const font = `12px ${theme.fontFamily}`;
  context.font = font;
  // Rows of the legend, filled from left to right.
  let left = 16;
  let row = 0;
  const places = arms.map(({ name }) => {
    const wide = 40 + context.measureText(name).width + 16;
    if (left > 16 && left + wide > width - 16) {
      left = 16;
      row++;
    }
    const place = { left, top: 44 + row * 20 };
    left += wide;
    return place;
  });
  const top = arms.length > 0 ? 44 + (row + 1) * 20 : 40;
  picture.width = width * scale;
  picture.height = (top + drawing.clientHeight + 16) * scale;
  context.scale(scale, scale);
  context.fillStyle = writeColour(theme.background);
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = writeColour(theme.foreground);
  context.textBaseline = 'middle';
  context.font = `600 14px ${theme.fontFamily}`;
  context.fillText(title, 16, 22);
  context.font = font;
  arms.forEach(({ name, style }, index) => {
    const place = places[index]!;
    const colour = writeColour(style.colour);
    context.strokeStyle = colour;
    context.lineWidth = style.width;
    context.setLineDash([...style.dash]);
    context.beginPath();
    context.moveTo(place.left, place.top);
    context.lineTo(place.left + 32, place.top);
    context.stroke();
    context.fillStyle = colour;
    drawMarker(context, style.marker, place.left + 16, place.top, 3.6);
    context.fillStyle = writeColour(theme.foreground);
    context.fillText(name, place.left + 40, place.top);
  });
  context.drawImage(drawing, 16, top, drawing.clientWidth, drawing.clientHeight);
  return picture;
}

/** Puts a picture on the clipboard. @returns what to tell the person. */
export async function copyPicture(picture: HTMLCanvasElement): Promise<string> {
  const png = new Promise<Blob>((resolve, reject) => {
    picture.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The picture is too large to be made.'));
    }, 'image/png');
  });
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    return 'Picture copied.';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `The picture could not be copied: ${reason} Click into the dashboard and try again.`;
  }
}
