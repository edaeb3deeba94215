/**
 * The arithmetic of kernels of ours for a tensor engine, in whose memory it computes: the module imports that memory, and has
 * neither data nor a heap, which would lie on what the engine keeps there. Nothing is padded, and addresses are in bytes.
 */
export { adamStep } from './adam-step';
export { convolve, filterGradient } from './convolution';
export { combine } from './element-wise';
export { maxPoolGradient } from './max-pool';
export { productRoom } from './product';
export { products } from './products';
export { gatherRows, scatterRows } from './runs';
export { reluSlopes, squareSlopes } from './slopes';
export { softmaxRows, softmaxSlopes } from './softmax';
export { spread, sums } from './sums';
export { swapAxes } from './swap';
