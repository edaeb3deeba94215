/**
 * @param begin of the first axes, or of the first one; 0 along the others.
 * @param size of the first axes, or of the first one; -1, and what is not given, is all that is left.
 * @throws RangeError where a slice of a tensor of this shape reaches beyond it.
 */
export function checkSlice(shape: readonly number[], begin: number | number[], size: number | number[] = []): void {
  const starts = typeof begin === 'number' ? [begin] : begin;
  const lengths = typeof size === 'number' ? [size] : size;
  if (starts.length > shape.length || lengths.length > shape.length) {
    throw new RangeError(
      `tf.slice: begin [${starts.join(', ')}] and size [${lengths.join(', ')}] are of more axes than a tensor of shape [${shape.join(', ')}] has.`,
    );
  }
  for (let axis = 0; axis < shape.length; axis++) {
    const start = starts[axis] ?? 0;
    const length = lengths[axis] ?? -1;
    const end = length === -1 ? shape[axis]! : start + length;
    const isWhole = Number.isInteger(start) && Number.isInteger(length);
    if (isWhole && start >= 0 && length >= -1 && start <= shape[axis]! && end <= shape[axis]!) continue;
    const what = length === -1 ? 'what follows' : `${length} elements from`;
    throw new RangeError(
      `tf.slice: ${what} position ${start} along axis ${axis} ${length === -1 ? 'is' : 'are'} asked for, which has ${shape[axis]!} elements.`,
    );
  }
}
