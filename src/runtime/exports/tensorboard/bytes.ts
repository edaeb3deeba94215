const utf8 = new TextEncoder();

/**
 * Bytes that grow at the end. Fields are written in the protocol buffers' wire format, where each begins with
 * `number * 8 + kind`: 0 a varint, 1 eight bytes, 2 a length and as many bytes, 5 four bytes.
 */
export class Bytes {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written, without a copy: good until the next write. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  #room(count: number): number {
    const start = this.#length;
    if (start + count > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, start + count));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length += count;
    return start;
  }

  raw(bytes: Uint8Array): void {
    // The room first: it may replace the array.
    const start = this.#room(bytes.length);
    this.#bytes.set(bytes, start);
  }

  /** Four bytes, the lowest first; `value` 0 to 2³² − 1. */
  uint32(value: number): void {
    const start = this.#room(4);
    this.#view.setUint32(start, value, true);
  }

  /** A whole number from 0 to 2⁵³ − 1, seven bits a byte, the lowest first. */
  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      const start = this.#room(1);
      this.#bytes[start] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    const start = this.#room(1);
    this.#bytes[start] = rest;
  }

  /**
   * An `int64` or `enum` field. A fraction is rounded, what is out of range becomes the nearest whole number in it, and
   * NaN becomes 0. A negative number takes ten bytes, its two's complement in 64 bits.
   */
  integerField(field: number, value: number): void {
    this.#varint(field * 8);
    const whole = Math.round(value);
    if (whole >= 0 && whole <= Number.MAX_SAFE_INTEGER) {
      this.#varint(whole);
      return;
    }
    if (Number.isNaN(whole)) {
      this.#varint(0);
      return;
    }
    const nearest = whole >= 2 ** 63 ? 2n ** 63n - 1n : whole < -(2 ** 63) ? -(2n ** 63n) : BigInt(whole);
    let rest = BigInt.asUintN(64, nearest);
    while (rest > 0x7fn) {
      const start = this.#room(1);
      this.#bytes[start] = Number(rest & 0x7fn) + 128;
      rest >>= 7n;
    }
    const start = this.#room(1);
    this.#bytes[start] = Number(rest);
  }

  doubleField(field: number, value: number): void {
    this.#varint(field * 8 + 1);
    const start = this.#room(8);
    this.#view.setFloat64(start, value, true);
  }

  /** Rounded to 32 bits. */
  floatField(field: number, value: number): void {
    this.#varint(field * 8 + 5);
    const start = this.#room(4);
    this.#view.setFloat32(start, value, true);
  }

  /** A `bytes` or embedded message field. */
  bytesField(field: number, bytes: Uint8Array): void {
    this.#varint(field * 8 + 2);
    this.#varint(bytes.length);
    this.raw(bytes);
  }

  textField(field: number, text: string): void {
    this.bytesField(field, utf8.encode(text));
  }

  /** A boolean field. */
  flagField(field: number, value: boolean): void {
    this.#varint(field * 8);
    this.#varint(value ? 1 : 0);
  }
}

/** The bytes of a message whose fields `write` writes, to be embedded in another. */
export function message(write: (bytes: Bytes) => void): Uint8Array {
  const bytes = new Bytes();
  write(bytes);
  return bytes.written;
}
