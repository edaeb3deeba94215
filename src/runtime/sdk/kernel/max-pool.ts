import { Windows } from './windows';

/**
 * The gradient of the largest numbers of windows: each goes to the first place that has it.
 *
 * @param images what was pooled: count × height × width × channels.
 * @param gradient count × outHeight × outWidth × channels.
 * @param to as `images`.
 */
export function maxPoolGradient(images: usize, gradient: usize, to: usize, windows: Windows, count: i32): void {
  const pixel = (<usize>windows.channels) << 2;
  const stride = pixel * windows.width;
  const size = stride * windows.height;
  memory.fill(to, 0, size * count);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < windows.outHeight; y++) {
      const above = y * windows.strideHeight - windows.top;
      const top = max(0, above);
      const bottom = min(windows.height, above + windows.windowHeight);
      for (let x = 0; x < windows.outWidth; x++) {
        const before = x * windows.strideWidth - windows.left;
        const left = max(0, before);
        const right = min(windows.width, before + windows.windowWidth);
        if (top < bottom && left < right) {
          const corner = top * stride + left * pixel;
          toLargest(images + corner, gradient, to + corner, bottom - top, right - left, pixel, stride);
        }
        gradient += pixel;
      }
    }
    images += size;
    to += size;
  }
}

/** One window, cut off at the image's edges. @param pixel bytes from column to column @param stride bytes from row to row */
function toLargest(
  image: usize,
  gradient: usize,
  to: usize,
  rows: i32,
  columns: i32,
  pixel: usize,
  stride: usize,
): void {
  let channel: usize = 0;
  for (; channel + 16 <= pixel; channel += 16) {
    let largest = v128.load(image + channel);
    // Where each lane's largest number lies, in bytes from the window's corner.
    let places = i32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      let place = row * stride;
      for (let column = 0; column < columns; column++) {
        const values = v128.load(image + channel + place);
        const larger = f32x4.gt(values, largest);
        largest = v128.bitselect(values, largest, larger);
        places = v128.bitselect(i32x4.splat(<i32>place), places, larger);
        place += pixel;
      }
    }
    const own = to + channel;
    const slope = gradient + channel;
    addAt(own + i32x4.extract_lane(places, 0), load<f32>(slope));
    addAt(own + i32x4.extract_lane(places, 1) + 4, load<f32>(slope, 4));
    addAt(own + i32x4.extract_lane(places, 2) + 8, load<f32>(slope, 8));
    addAt(own + i32x4.extract_lane(places, 3) + 12, load<f32>(slope, 12));
  }
  for (; channel < pixel; channel += 4) {
    let largest = load<f32>(image + channel);
    let place: usize = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * stride + column * pixel;
        const value = load<f32>(image + channel + at);
        if (value > largest) {
          largest = value;
          place = at;
        }
      }
    }
    addAt(to + channel + place, load<f32>(gradient + channel));
  }
}

function addAt(address: usize, value: f32): void {
  store<f32>(address, load<f32>(address) + value);
}
