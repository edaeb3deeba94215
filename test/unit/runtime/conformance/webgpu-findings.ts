/** Operations that `webgpu` has not, or not right, and what of them; the test beside this finds exactly these. */
export const webGpuFindings: Readonly<Record<string, string>> = {
  avgPool: 'in part gradient wrong',
  avgPool3d: 'in part gradient wrong',
  bitwiseAnd: 'missing',
  conv1d: 'in part gradient wrong',
  conv2d: 'in part gradient wrong',
  depthwiseConv2d: 'in part gradient wrong',
  matMul: 'in part missing',
  unique: 'missing',
};
