/** Operations that `webgpu` has not, or not right, or leaves to the plain engine; the test beside this finds exactly these. */
export const webGpuFindings: Readonly<Record<string, string>> = {
  unique: 'by cpu',
};
