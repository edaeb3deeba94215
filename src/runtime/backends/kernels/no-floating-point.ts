import { allOf, type Borrowed, type KernelCall } from './copied-from-cpu.ts';

/**
 * What engines compute of floating point only. Of whole numbers or truth values `wasm` leaves the memory as it was, or takes it
 * for floating point, and native TensorFlow refuses them.
 */
export const noFloatingPoint: Borrowed = {
  ...allOf(
    ['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Elu', 'Erf', 'Exp', 'Expm1', 'IsFinite', 'IsInf', 'IsNan', 'Log', 'Log1p', 'Reciprocal', 'Rsqrt', 'Selu', 'Sigmoid', 'Sin', 'Sinh', 'Softplus', 'Sqrt', 'Tan', 'Tanh'],
    isNoFloatingPoint,
  ), // prettier-ignore
  ...allOf(['Abs', 'Ceil', 'Floor', 'LeakyRelu', 'Neg', 'Relu', 'Reverse', 'Sign', 'Square', 'Step'], isTruth),
  ...allOf(['Add', 'Atan2', 'FloorDiv', 'Maximum', 'Minimum', 'Mod', 'Multiply', 'Pow', 'RealDiv', 'SquaredDifference', 'Sub'], isOfTruths), // prettier-ignore
};

export function isNoFloatingPoint({ inputs }: KernelCall): boolean {
  return inputs.x!.dtype === 'int32' || inputs.x!.dtype === 'bool';
}

export function isTruth({ inputs }: KernelCall): boolean {
  return inputs.x!.dtype === 'bool';
}

export function isOfTruths({ inputs }: KernelCall): boolean {
  return inputs.a!.dtype === 'bool';
}
