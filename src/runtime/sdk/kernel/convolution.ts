import { product } from './product';
import { addRun } from './runs';
import { gatherWindows, Windows } from './windows';

/**
 * A convolution: what windows see as the rows of a matrix, some windows at a time, times the filter.
 *
 * @param filter windowHeight × windowWidth × channels × filters.
 * @param to images × outHeight × outWidth × filters.
 * @param block how many windows at a time.
 * @param room for `block` windows, and `productRoom` of the numbers of a window.
 */
export function convolve(
  images: usize,
  filter: usize,
  to: usize,
  windows: Windows,
  count: i32,
  filters: i32,
  block: i32,
  room: usize,
): void {
  const size = windows.windowHeight * windows.windowWidth * windows.channels;
  const stride = (<usize>size) << 2;
  const filterStride = (<usize>filters) << 2;
  const free = room + block * stride;
  const all = count * windows.outHeight * windows.outWidth;
  for (let first = 0; first < all; first += block) {
    const own = min(block, all - first);
    gatherWindows(images, windows, first, own, room);
    product(room, stride, 4, filter, filterStride, 4, to, own, filters, size, free);
    to += own * filterStride;
  }
}

/**
 * The gradient of a convolution by its filter: what windows see, transposed, times the gradient of what they came to.
 *
 * @param to windowHeight × windowWidth × channels × filters.
 * @param room for `block` windows, a second filter, and `productRoom` of the windows of a block.
 */
export function filterGradient(
  images: usize,
  gradient: usize,
  to: usize,
  windows: Windows,
  count: i32,
  filters: i32,
  block: i32,
  room: usize,
): void {
  const size = windows.windowHeight * windows.windowWidth * windows.channels;
  const stride = (<usize>size) << 2;
  const filterStride = (<usize>filters) << 2;
  const part = room + block * stride;
  const free = part + size * filterStride;
  const all = count * windows.outHeight * windows.outWidth;
  memory.fill(to, 0, size * filterStride);
  for (let first = 0; first < all; first += block) {
    const own = min(block, all - first);
    gatherWindows(images, windows, first, own, room);
    product(room, 4, stride, gradient, filterStride, 4, part, size, filters, own, free);
    addRun(part, to, size * filterStride);
    gradient += own * filterStride;
  }
}
