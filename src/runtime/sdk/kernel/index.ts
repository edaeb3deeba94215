/**
 * The arithmetic of small networks, in AssemblyScript: compiled to WebAssembly by `scripts/build/kernel.mjs`, called by
 * `../network-kernel.ts`. All numbers are 32-bit floats in the module's memory, given by their addresses in bytes. Matrices
 * lie row by row, and their rows are padded to a multiple of four numbers, the width of a vector.
 *
 * The order of all sums is fixed. The one relaxed instruction, the multiply and add of products, rounds once wherever the
 * processor can, which all of the last ten years can, so that these come to the same bits; others round twice.
 */
export { allocate, release } from './memory';
export { multiply } from './multiply';
export { transpose } from './transpose';
export { sumColumns } from './sum-columns';
export { relu, reluGradient, tanh, tanhGradient } from './activations';
export { add, copyRows } from './rows';
export { attention, attentionGradient } from './attention';
export { embed, embedGradient } from './embedding';
export { normalise, normaliseGradient } from './normalise';
export { lstm, lstmGradient } from './lstm';
export { crossEntropy, squaredError } from './losses';
export { adam, sgd } from './optimizers';
