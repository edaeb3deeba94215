import assert from 'node:assert/strict';

/** Fails where two lists differ by more than a share of the largest number that is wanted, or one is not finite. */
export function close(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5): void {
  assert.equal(found.length, wanted.length);
  let [difference, scale] = [0, 1e-30];
  for (let i = 0; i < wanted.length; i++) {
    // Not Math.max alone, which a comparison with NaN could pass by.
    assert.ok(Number.isFinite(found[i]), `number ${i} is ${String(found[i])}`);
    difference = Math.max(difference, Math.abs(found[i]! - wanted[i]!));
    scale = Math.max(scale, Math.abs(wanted[i]!));
  }
  assert.ok(difference <= tolerance * scale, `they differ by ${difference / scale} of the largest number`);
}
