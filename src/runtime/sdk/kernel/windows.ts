import { copyRun } from './runs';

/** How windows slide over images of [height, width, channels]: whole numbers that lie together, as the caller wrote them. */
@unmanaged
export class Windows {
  channels!: i32;
  height!: i32;
  width!: i32;
  windowHeight!: i32;
  windowWidth!: i32;
  strideHeight!: i32;
  strideWidth!: i32;
  /** How far the first window begins above and left of the image. */
  top!: i32;
  left!: i32;
  /** How many windows there are, down and across. */
  outHeight!: i32;
  outWidth!: i32;
}

/**
 * Copies what each window sees, one window to a row of windowHeight × windowWidth × channels; zeros beyond the image.
 *
 * @param first of the windows of all images, counted along rows, then down, then from image to image.
 */
export function gatherWindows(images: usize, windows: Windows, first: i32, count: i32, to: usize): void {
  // Read once: the compiler cannot know that no copy writes into them.
  const height = windows.height;
  const width = windows.width;
  const windowHeight = windows.windowHeight;
  const windowWidth = windows.windowWidth;
  const outHeight = windows.outHeight;
  const outWidth = windows.outWidth;
  const strideWidth = windows.strideWidth;
  const pixel = (<usize>windows.channels) << 2;
  const stride = pixel * width;
  const line = pixel * windowWidth;
  const inImage = outHeight * outWidth;
  let image = images + stride * height * (first / inImage);
  let y = (first % inImage) / outWidth;
  let x = first % outWidth;
  for (let i = 0; i < count; i++) {
    const top = y * windows.strideHeight - windows.top;
    const left = x * strideWidth - windows.left;
    // The part of the window's lines that lies in the image.
    const begin = min(windowWidth, max(0, -left));
    const inside = max(0, min(windowWidth, width - left) - begin);
    if (inside == windowWidth && top >= 0 && top + windowHeight <= height) {
      let from = image + top * stride + left * pixel;
      for (let row = 0; row < windowHeight; row++) {
        copyRun(from, to, line);
        from += stride;
        to += line;
      }
    } else {
      clear(to, line * windowHeight);
      for (let row = max(0, -top), end = min(windowHeight, height - top); row < end; row++) {
        copyRun(image + (top + row) * stride + (left + begin) * pixel, to + row * line + begin * pixel, inside * pixel);
      }
      to += line * windowHeight;
    }
    if (++x == outWidth) {
      x = 0;
      if (++y == outHeight) {
        y = 0;
        image += stride * height;
      }
    }
  }
}

/** @param bytes a multiple of 4 */
function clear(to: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to < end; to += 4) store<u32>(to, 0);
}
