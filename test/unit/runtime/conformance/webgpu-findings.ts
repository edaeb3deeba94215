/** Operations that `webgpu` has not, or not right, and what of them; the test beside this finds exactly these. */
export const webGpuFindings: Readonly<Record<string, string>> = {
  bitwiseAnd: 'missing',
  unique: 'missing',
};
