/** @returns address of `bytes` zeros, a multiple of 16. Traps where memory is at its end. */
export function allocate(bytes: usize): usize {
  const address = heap.alloc(bytes);
  memory.fill(address, 0, bytes);
  return address;
}

export function release(address: usize): void {
  heap.free(address);
}
