import type * as Core from '@tensorflow/tfjs-core';

/** One computation that every engine must do alike. */
export interface Case {
  /** The sdk's name of the operation: `matMul`, `image.resizeBilinear`. */
  readonly operation: string;
  /** What is special about it, where an operation has several cases. */
  readonly about: string;
  /** The tensors that it computes with; gradients are taken by those of floating point. */
  readonly inputs: readonly Input[];
  readonly compute: (tf: typeof Core, ...inputs: Core.Tensor[]) => Core.Tensor | Core.Tensor[];
  /** `flows`: compared with finite differences. `none`: the result is integers, texts or made from nothing, so there is nothing to differentiate. `refused`: has none and says so. */
  readonly gradient: 'flows' | 'none' | 'refused';
}

/** A tensor: its shape, and either its values or the range that they are spread over, none of them twice. */
export interface Input {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32' | 'bool';
  readonly values?: readonly number[];
  readonly low?: number;
  readonly high?: number;
}

type T = Core.Tensor;
type Compute = Case['compute'];
const cases: Case[] = [];

function add(operation: string, inputs: readonly (Input | number[])[], compute: Compute, about = ''): void {
  push('flows', operation, inputs, compute, about);
}
function flat(operation: string, inputs: readonly (Input | number[])[], compute: Compute, about = ''): void {
  push('none', operation, inputs, compute, about);
}
function refused(operation: string, inputs: readonly (Input | number[])[], compute: Compute, about = ''): void {
  push('refused', operation, inputs, compute, about);
}
function push(
  gradient: Case['gradient'],
  operation: string,
  inputs: readonly (Input | number[])[],
  compute: Compute,
  about: string,
): void {
  cases.push({
    operation,
    about,
    gradient,
    compute,
    inputs: inputs.map((input) => (Array.isArray(input) ? { shape: input } : input)),
  });
}

const within = (shape: number[], low: number, high: number): Input => ({ shape, low, high });
const integers = (shape: number[], values: number[]): Input => ({ shape, values, dtype: 'int32' });
const floats = (shape: number[], values: number[]): Input => ({ shape, values });
const truths = (shape: number[], values: number[]): Input => ({ shape, values, dtype: 'bool' });
const four = (x: T) => x as Core.Tensor4D;
const five = (x: T) => x as Core.Tensor5D;
const three = (x: T) => x as Core.Tensor3D;
const two = (x: T) => x as Core.Tensor2D;
const one = (x: T) => x as Core.Tensor1D;

// Of one tensor, element by element.
type Unary = 'abs' | 'asinh' | 'atan' | 'cos' | 'cosh' | 'elu' | 'erf' | 'exp' | 'expm1' | 'leakyRelu' | 'logSigmoid' | 'neg' | 'relu' | 'relu6' | 'selu' | 'sigmoid' | 'sin' | 'sinh' | 'softplus' | 'square' | 'tan' | 'tanh'; // prettier-ignore
const everywhere: Unary[] = ['abs', 'asinh', 'atan', 'cos', 'cosh', 'elu', 'erf', 'exp', 'expm1', 'leakyRelu', 'logSigmoid', 'neg', 'relu', 'relu6', 'selu', 'sigmoid', 'sin', 'sinh', 'softplus', 'square', 'tan', 'tanh']; // prettier-ignore
for (const name of everywhere) add(name, [within([3, 4], -1.3, 1.4)], (tf, x) => tf[name](x));
add('relu6', [within([7], 4, 8)], (tf, x) => tf.relu6(x), 'at its upper end');
for (const name of ['acos', 'asin', 'atanh'] as const) add(name, [within([3, 4], -0.8, 0.8)], (tf, x) => tf[name](x));
add('acosh', [within([3, 4], 1.5, 4)], (tf, x) => tf.acosh(x));
for (const name of ['log', 'log1p', 'reciprocal', 'rsqrt', 'sqrt'] as const) {
  add(name, [within([3, 4], 0.5, 3)], (tf, x) => tf[name](x));
}
for (const name of ['ceil', 'floor', 'round', 'sign', 'step'] as const) {
  add(name, [floats([6], [-2.6, -1.3, -0.2, 0.3, 1.4, 2.7])], (tf, x) => tf[name](x));
}
for (const name of ['isNaN', 'isInf', 'isFinite'] as const) {
  flat(name, [floats([4], [1, NaN, Infinity, -Infinity])], (tf, x) => tf[name](x));
}
add('clipByValue', [within([3, 4], -2, 2)], (tf, x) => tf.clipByValue(x, -0.7, 0.9));
add('cast', [[2, 3]], (tf, x) => tf.cast(x, 'float32'));
flat('cast', [within([7], -3, 3)], (tf, x) => tf.cast(x, 'int32'), 'to integers');
flat('cast', [floats([3], [0, 2, 0])], (tf, x) => tf.cast(x, 'bool'), 'to truths');
add('clone', [[2, 3]], (tf, x) => tf.clone(x));
add('ensureShape', [[2, 3]], (tf, x) => tf.ensureShape(x, [2, 3]));
add('prelu', [[2, 3, 4], within([4], 0.1, 0.5)], (tf, x, alpha) => tf.prelu(x, alpha));
flat('prelu', [[3], within([2, 3], 0.1, 0.5)], (tf, x, alpha) => tf.prelu(x, alpha), 'with more slopes than numbers');

// Of two, with shapes that are broadcast on either side.
const binary = ['add', 'sub', 'mul', 'div', 'divNoNan', 'maximum', 'minimum', 'squaredDifference', 'atan2', 'mod', 'pow'] as const; // prettier-ignore
const shapes = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [[2, 1], [1, 3]],
  [[], [2, 2]],
  [[2, 2], []],
] as const; // prettier-ignore
for (const name of binary) {
  for (const [a, b] of shapes) {
    const inputs = [within([...a], 0.6, 2.3), within([...b], 0.9, 2.71)];
    add(name, inputs, (tf, x, y) => tf[name](x, y), `[${a.join(', ')}] with [${b.join(', ')}]`);
  }
}
add('div', [within([4], -2, 2), floats([4], [-2, 1.5, 3, -0.5])], (tf, x, y) => tf.div(x, y), 'by negative numbers');
add('pow', [within([4], -2, -0.5), integers([4], [1, 2, 3, 2])], (tf, x, y) => tf.pow(x, y), 'of negative numbers');
flat(
  'pow',
  [integers([5], [-7, 5, 3, -2, 10]), integers([5], [3, 2, 4, 2, 0])],
  (tf, x, y) => tf.pow(x, y),
  'of integers',
);
add('divNoNan', [[3], floats([3], [0.5, 2, -1])], (tf, x, y) => tf.divNoNan(x, y), 'of and by negative numbers');
flat('floorDiv', [integers([4], [7, -7, 8, 9]), integers([4], [2, 2, 3, -4])], (tf, x, y) => tf.floorDiv(x, y));
add(
  'addN',
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  (tf, ...all) => tf.addN(all),
);
add(
  'addN',
  Array.from({ length: 12 }, () => [2, 2]),
  (tf, ...all) => tf.addN(all),
  'of many',
);
add('dot', [[3], [3]], (tf, x, y) => tf.dot(x, y));
add('dot', [[2, 3], [3]], (tf, x, y) => tf.dot(x, y), 'matrix and vector');
add('outerProduct', [[3], [4]], (tf, x, y) => tf.outerProduct(one(x), one(y)));
const comparisons = ['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'] as const;
for (const name of comparisons) {
  flat(name, [floats([2, 2], [1, 2, 3, 4]), floats([2], [1, 4])], (tf, x, y) => tf[name](x, y));
  add(name, [[4], [4]], (tf, x, y) => tf.where(tf[name](x, y), tf.square(x), y), 'as a condition');
}
const p = truths([4], [0, 0, 1, 1]);
const q = truths([4], [0, 1, 0, 1]);
for (const name of ['logicalAnd', 'logicalOr', 'logicalXor'] as const) {
  flat(name, [p, q], (tf, x, y) => tf[name](x, y));
}
flat('logicalNot', [p], (tf, x) => tf.logicalNot(x));
add('logicalNot', [[4]], (tf, x) => tf.where(tf.logicalNot(tf.greater(x, 0)), x, tf.square(x)), 'in a condition');
add('logicalXor', [[4], [4]], (tf, x, y) => tf.where(tf.logicalXor(tf.greater(x, 0), tf.less(y, 0)), x, y), 'in a condition'); // prettier-ignore
flat('bitwiseAnd', [integers([3], [5, 6, 7]), integers([3], [3, 4, 1])], (tf, x, y) => tf.bitwiseAnd(x, y));
flat('bitwiseAnd', [integers([2, 1, 2, 1, 1], [2147483647, -1, -2147483648, 16777217]), integers([2, 1, 2, 1, 1], [123456789, -16777219, -3, 16777219])], (tf, x, y) => tf.bitwiseAnd(x, y), 'of large numbers, five axes'); // prettier-ignore
add('where', [p, [4], [4]], (tf, c, x, y) => tf.where(c, x, y));
add('where', [truths([2], [1, 0]), [2, 3], [2, 3]], (tf, c, x, y) => tf.where(tf.broadcastTo(tf.reshape(c, [2, 1]), [2, 3]), x, y), 'by rows'); // prettier-ignore
add('where', [truths([2, 3], [1, 0, 1, 0, 0, 1]), [2, 3], []], (tf, c, x, y) => tf.where(c, x, y), 'with a number for one side'); // prettier-ignore

// Products.
add(
  'matMul',
  [
    [3, 4],
    [4, 2],
  ],
  (tf, x, y) => tf.matMul(x, y),
);
add(
  'matMul',
  [
    [4, 3],
    [2, 4],
  ],
  (tf, x, y) => tf.matMul(x, y, true, true),
  'both transposed',
);
add(
  'matMul',
  [
    [2, 3, 4],
    [2, 5, 4],
  ],
  (tf, x, y) => tf.matMul(x, y, false, true),
  'in a batch, second transposed',
);
add(
  'matMul',
  [
    [2, 3, 4],
    [1, 4, 2],
  ],
  (tf, x, y) => tf.matMul(x, y),
  'one matrix for the batch',
);
add(
  'matMul',
  [
    [2, 1, 2, 3],
    [1, 2, 3, 2],
  ],
  (tf, x, y) => tf.matMul(x, y),
  'batches that are broadcast',
);
add(
  'matMul',
  [
    [2, 3, 4],
    [4, 2],
  ],
  (tf, x, y) => tf.matMul(x, y),
  'a batch with a matrix',
);
for (const [a, b] of [[[2, 3], [2, 1]], [[2, 1], [3]], [[3], [2, 1]], [[2, 1, 2], [2, 1]]] as const) {
  add('matMul', [[...a, 2, 3], [...b, 3, 2]], (tf, x, y) => tf.matMul(x, y), `batches of [${a.join(', ')}] and [${b.join(', ')}]`);
} // prettier-ignore
flat('matMul', [[12, 2000], [12, 2000]], (tf, x, y) => tf.matMul(x, y, false, true), 'long rows, second transposed'); // prettier-ignore
flat('matMul', [[2000, 12], [12, 2000]], (tf, x, y) => tf.matMul(x, y, true, true), 'long rows, both transposed'); // prettier-ignore
add('fused.matMul', [[3, 4], [4, 2], [2]], (tf, a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }));
add('fused.matMul', [[3, 4], [4, 2], [2]], (tf, a, b, bias) => tf.fused.matMul({ a, b, bias }), 'without activation');
for (const [a, b] of [
  [[2], [1]],
  [[1], [2]],
  [
    [2, 1],
    [1, 2],
  ],
  [
    [2, 3],
    [2, 1],
  ],
  [[3], [2, 1]],
  [[2], []],
  [[], [2]],
] as const) {
  add(
    'fused.matMul',
    [[...a, 2, 3], [...b, 3, 2], [2]],
    (tf, x, y, bias) => tf.fused.matMul({ a: x, b: y, bias }),
    `batches of [${a.join(', ')}] and [${b.join(', ')}]`,
  );
}
for (const activation of ['elu', 'leakyrelu', 'prelu', 'relu', 'relu6', 'sigmoid'] as const) {
  const options = { transposeA: true, transposeB: true, activation, leakyreluAlpha: 0.3 };
  add(
    'fused.matMul',
    [[2, 1, 3, 2], [2, 2, 3], [2], within([2], 0.2, 0.6)],
    (tf, a, b, bias, slope) =>
      tf.add(tf.fused.matMul({ a, b, bias, ...options, preluActivationWeights: slope }), slope),
    `batches of [2, 1] and [2], both transposed, ${activation}`,
  );
}
for (const shape of [[], [1], [1, 2], [2, 1], [3, 1, 1]]) {
  add('fused.matMul', [[3, 2, 4], [3, 4, 2], shape], (tf, a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }), `a bias of [${shape.join(', ')}]`);
} // prettier-ignore
add(
  'einsum',
  [
    [2, 3],
    [3, 4],
  ],
  (tf, x, y) => tf.einsum('ij,jk->ik', x, y),
);
add(
  'einsum',
  [
    [2, 3, 4],
    [2, 5, 4],
  ],
  (tf, x, y) => tf.einsum('bij,bkj->bki', x, y),
  'in a batch',
);
add('einsum', [[2, 3]], (tf, x) => tf.einsum('ij->j', x), 'a sum along an axis');
add('linalg.bandPart', [[4, 4]], (tf, x) => tf.linalg.bandPart(two(x), 1, 2));
add('linalg.gramSchmidt', [floats([2, 3], [1, 0.3, -0.4, 0.2, 1.1, 0.5])], (tf, x) => tf.linalg.gramSchmidt(two(x)));
flat('linalg.qr', [floats([3, 2], [1, 0.3, -0.4, 0.2, 1.1, 0.5])], (tf, x) => tf.linalg.qr(x));
add('norm', [[2, 3]], (tf, x) => tf.norm(x));
add('norm', [[2, 3]], (tf, x) => tf.norm(x, 1, 1), 'sum of absolute values');
add('norm', [[2, 3]], (tf, x) => tf.norm(x, Infinity, 0), 'largest');
add('euclideanNorm', [[2, 3]], (tf, x) => tf.euclideanNorm(x, 1));

// Sums and the like along axes.
for (const axis of [undefined, 0, 1, -1, [0, 2]]) {
  const about = axis === undefined ? 'of all' : `along ${JSON.stringify(axis)}`;
  for (const name of ['sum', 'mean', 'max', 'min', 'logSumExp', 'prod'] as const) {
    add(name, [within([2, 3, 2], 0.4, 1.9)], (tf, x) => tf[name](x, axis), about);
  }
}
for (const name of ['sum', 'mean', 'max', 'min', 'logSumExp'] as const) {
  add(name, [[2, 3]], (tf, x) => tf[name](x, 0, true), 'keeping the axis');
}
add('moments', [[3, 4]], (tf, x) => Object.values(tf.moments(x, 0)) as T[]);
for (const name of ['all', 'any'] as const) flat(name, [truths([2, 2], [1, 1, 0, 1])], (tf, x) => tf[name](x, 1));
flat('argMax', [[3, 4]], (tf, x) => tf.argMax(x, 0));
flat('argMax', [floats([4], [1, 3, 3, 2])], (tf, x) => tf.argMax(x), 'first of equals');
flat('argMin', [[3, 4]], (tf, x) => tf.argMin(x, -1));
for (const axis of [0, 1, 2]) {
  for (const [exclusive, reverse] of [[false, false], [true, false], [false, true], [true, true]] as const) {
    const about = `along ${axis} of 3${exclusive ? ', exclusive' : ''}${reverse ? ', from the end' : ''}`;
    add('cumsum', [[2, 2, 2]], (tf, x) => tf.cumsum(x, axis, exclusive, reverse), about);
    add('cumprod', [within([2, 2, 2], 0.6, 1.7)], (tf, x) => tf.cumprod(x, axis, exclusive, reverse), about);
  }
} // prettier-ignore
add('cumsum', [[2, 3, 4]], (tf, x) => tf.cumsum(x, 1), 'along the middle of unequal axes');
for (const axis of [-1, -2]) {
  add('cumsum', [[2, 3, 4]], (tf, x) => tf.cumsum(x, axis), `along ${axis}`);
  add('cumsum', [[2, 3, 4]], (tf, x) => tf.cumsum(x, axis, true, true), `along ${axis}, exclusive, from the end`);
  add('cumprod', [within([2, 3], 0.6, 1.7)], (tf, x) => tf.cumprod(x, axis), `along ${axis}`);
}
add('cumprod', [floats([3, 2], [1.2, 0, -0.7, 1.1, 0.8, 0.6])], (tf, x) => tf.cumprod(x, 0), 'with a zero');
for (const name of ['softmax', 'logSoftmax'] as const) add(name, [[3, 4]], (tf, x) => tf[name](x));
add('softmax', [[2, 3, 4]], (tf, x) => tf.softmax(x), 'of three axes');
add('topk', [[3, 5]], (tf, x) => tf.topk(x, 2).values);
add('topk', [[3, 1]], (tf, x) => tf.topk(x, 1).values, 'of one');
flat('topk', [[2, 3]], (tf, x) => [tf.topk(x, 0).indices, tf.sum(x)], 'of none');
flat('topk', [[3, 5]], (tf, x) => tf.topk(x, 2).indices, 'its positions');

// Shapes.
add('reshape', [[2, 6]], (tf, x) => tf.reshape(x, [3, 4]));
add('expandDims', [[2, 3]], (tf, x) => tf.expandDims(x, 1));
add('squeeze', [[2, 1, 3]], (tf, x) => tf.squeeze(x));
add('transpose', [[2, 3, 4]], (tf, x) => tf.transpose(x, [2, 0, 1]));
add('broadcastTo', [[1, 3]], (tf, x) => tf.broadcastTo(x, [2, 3]));
flat('broadcastArgs', [integers([2], [1, 3]), integers([2], [2, 1])], (tf, x, y) => tf.broadcastArgs(x, y));
add('tile', [[2, 3]], (tf, x) => tf.tile(x, [2, 3]));
add('tile', [[2, 1, 2, 1, 2]], (tf, x) => tf.tile(x, [1, 2, 1, 2, 2]), 'of five axes');
add(
  'concat',
  [
    [2, 3],
    [2, 2],
  ],
  (tf, x, y) => tf.concat([x, y], 1),
);
add('concat1d', [[2], [3]], (tf, x, y) => tf.concat1d([one(x), one(y)]));
add(
  'concat2d',
  [
    [2, 3],
    [1, 3],
  ],
  (tf, x, y) => tf.concat2d([two(x), two(y)], 0),
);
add(
  'concat3d',
  [
    [1, 2, 3],
    [1, 2, 2],
  ],
  (tf, x, y) => tf.concat3d([three(x), three(y)], 2),
);
add(
  'concat4d',
  [
    [1, 1, 2, 3],
    [1, 1, 2, 2],
  ],
  (tf, x, y) => tf.concat4d([four(x), four(y)], 3),
);
add(
  'stack',
  [
    [2, 3],
    [2, 3],
  ],
  (tf, x, y) => tf.stack([x, y], 1),
);
add('unstack', [[2, 3]], (tf, x) => tf.unstack(x, 1));
add('split', [[2, 6]], (tf, x) => tf.split(x, [1, 2, 3], 1));
add('split', [[4, 2]], (tf, x) => tf.split(x, 2), 'in equal parts');
add('slice', [[3, 4]], (tf, x) => tf.slice(x, [1, 0], [2, 3]));
add('slice1d', [[5]], (tf, x) => tf.slice1d(one(x), 1, 3));
add('slice2d', [[3, 4]], (tf, x) => tf.slice2d(two(x), [1, 1], [2, 2]));
add('slice3d', [[2, 3, 4]], (tf, x) => tf.slice3d(three(x), [1, 0, 1], [1, 2, 2]));
add('slice4d', [[1, 2, 3, 2]], (tf, x) => tf.slice4d(four(x), [0, 1, 0, 0], [1, 1, 2, 2]));
add('stridedSlice', [[4, 5]], (tf, x) => tf.stridedSlice(x, [0, 1], [4, 5], [2, 3]));
add('stridedSlice', [[5]], (tf, x) => tf.stridedSlice(x, [4], [0], [-2]), 'backwards');
add('stridedSlice', [[3, 4]], (tf, x) => tf.stridedSlice(x, [1, 0], [2, 3], [1, 2], 0, 2, 0, 0, 1), 'with masks');
add('stridedSlice', [[3, 4]], (tf, x) => tf.stridedSlice(x, [0, -1], [3, 0], [2, 1], 0, 0, 0, 0, 2), 'the last column');
add('reverse', [[2, 3]], (tf, x) => tf.reverse(x, 1));
add('reverse1d', [[4]], (tf, x) => tf.reverse1d(one(x)));
add('reverse2d', [[2, 3]], (tf, x) => tf.reverse2d(two(x), 0));
add('reverse3d', [[2, 3, 2]], (tf, x) => tf.reverse3d(three(x), [0, 2]));
add('reverse4d', [[1, 2, 3, 2]], (tf, x) => tf.reverse4d(four(x), [1, 2]));
add('pad', [[2, 3]], (tf, x) => tf.pad(x, [[1, 2], [0, 1]], 0.5)); // prettier-ignore
add('pad1d', [[3]], (tf, x) => tf.pad1d(one(x), [1, 2]));
add('pad2d', [[2, 3]], (tf, x) => tf.pad2d(two(x), [[1, 0], [2, 1]])); // prettier-ignore
add('pad3d', [[1, 2, 3]], (tf, x) => tf.pad3d(three(x), [[0, 1], [1, 0], [1, 1]])); // prettier-ignore
add('pad4d', [[1, 2, 1, 3]], (tf, x) => tf.pad4d(four(x), [[0, 1], [1, 0], [1, 1], [0, 0]])); // prettier-ignore
add('mirrorPad', [[3, 4]], (tf, x) => tf.mirrorPad(x, [[1, 2], [2, 0]], 'reflect'), 'reflect'); // prettier-ignore
add('mirrorPad', [[3, 2, 2]], (tf, x) => tf.mirrorPad(x, [[1, 3], [2, 0], [1, 1]], 'symmetric'), 'symmetric'); // prettier-ignore
add('spaceToBatchND', [[1, 4, 4, 1]], (tf, x) => tf.spaceToBatchND(x, [2, 2], [[0, 0], [0, 0]])); // prettier-ignore
add('batchToSpaceND', [[4, 2, 2, 1]], (tf, x) => tf.batchToSpaceND(x, [2, 2], [[0, 0], [0, 0]])); // prettier-ignore
add('depthToSpace', [[1, 2, 2, 8]], (tf, x) => tf.depthToSpace(four(x), 2, 'NHWC'));
add('diag', [[3]], (tf, x) => tf.diag(x));
add('meshgrid', [[2], [3]], (tf, x, y) => tf.meshgrid(x, y));

// Of whole numbers and truth values.
const whole = integers([2, 3, 2], [3, -2, 5, 0, -7, 4, 9, 1, -1, 6, 2, -3]);
const truth = truths([2, 3, 2], [1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1]);
flat('transpose', [whole], (tf, x) => tf.transpose(x, [2, 0, 1]), 'of whole numbers');
flat('transpose', [truth], (tf, x) => tf.transpose(x, [2, 0, 1]), 'of truths');
for (const axis of [0, 1, -1]) {
  for (const name of ['sum', 'mean', 'max', 'min', 'prod', 'argMax', 'argMin', 'cumsum'] as const) {
    flat(name, [whole], (tf, x) => tf[name](x, axis), `of whole numbers, along ${axis}`);
  }
  for (const name of ['all', 'any'] as const) flat(name, [truth], (tf, x) => tf[name](x, axis, true), `along ${axis}`);
}
flat('unsortedSegmentSum', [whole, integers([2], [1, 1])], (tf, x, i) => tf.unsortedSegmentSum(x, one(i), 2), 'of whole numbers'); // prettier-ignore

flat('where', [truths([6], [1, 0, 1, 1, 0, 0]), truths([6], [1, 1, 0, 1, 0, 0]), truths([6], [0, 0, 1, 1, 1, 0])], (tf, c, x, y) => tf.where(c, x, y), 'of truths'); // prettier-ignore
const few = integers([4], [-1, 0, 1, 2]);
for (const name of ['atan', 'exp', 'isFinite', 'isInf', 'isNaN', 'softplus'] as const) {
  flat(name, [few], (tf, x) => tf[name](x), 'of whole numbers');
  flat(name, [truth], (tf, x) => tf[name](x), 'of truths');
}
for (const x of [whole, truth]) {
  flat('reverse', [x], (tf, y) => tf.reverse(y, [0, -1]), `of ${x.dtype}`);
  flat('stridedSlice', [x], (tf, y) => tf.stridedSlice(y, [1, 2, 0], [-3, -4, 2], [-1, -2, 1]), `of ${x.dtype}, backwards`); // prettier-ignore
}
for (const name of ['abs', 'clipByValue', 'neg', 'relu', 'round', 'sign', 'square'] as const) {
  flat(name, [whole], (tf, x) => (name === 'clipByValue' ? tf.clipByValue(x, -2, 3) : tf[name](x)), 'of whole numbers');
}
flat('matMul', [integers([2, 3], [1, -2, 3, 0, 5, -1]), integers([3, 2], [2, 0, 1, 1, -3, 4])], (tf, x, y) => tf.matMul(x, y), 'of whole numbers'); // prettier-ignore
flat('bincount', [integers([4], [0, 2, 2, 1]), integers([4], [5, -1, 7, 3])], (tf, i, w) => tf.bincount(one(i), one(w), 3), 'with whole weights'); // prettier-ignore
flat('denseBincount', [integers([5], [0, 2, 2, 1, 2]), floats([0], [])], (tf, i, w) => tf.denseBincount(one(i), one(w), 4, true), 'which are filled, of one row'); // prettier-ignore
flat('argMax', [[5]], (tf, x) => tf.add(tf.zeros([2, 1], 'int32'), tf.argMax(x)), 'of one axis');
flat('argMin', [[5]], (tf, x) => tf.add(tf.zeros([2, 1], 'int32'), tf.argMin(x)), 'of one axis');
flat('floorDiv', [within([4], -3, 3), within([4], 0.6, 1.4)], (tf, x, y) => tf.div(tf.floorDiv(x, y), tf.scalar(2, 'int32')), 'of floating point, halved'); // prettier-ignore

// Of no numbers, and of what is none.
for (const shape of [[0], [2, 0]]) {
  const nothing = floats(shape, []);
  const about = `of [${shape.join(', ')}]`;
  for (const name of ['sum', 'mean', 'max', 'min', 'prod'] as const) flat(name, [nothing], (tf, x) => tf[name](x, -1, true), about); // prettier-ignore
  for (const name of ['all', 'any'] as const) flat(name, [truths(shape, [])], (tf, x) => tf[name](x, -1, true), about);
  for (const name of ['cumsum', 'cumprod'] as const) flat(name, [nothing], (tf, x) => tf[name](x, -1), about);
}
for (const name of ['cumsum', 'cumprod'] as const)
  flat(name, [floats([], [3])], (tf, x) => tf[name](x, 0), 'of a number');
const holes = floats([5], [NaN, -9, 9, 0.5, Infinity]);
flat('clipByValue', [holes], (tf, x) => tf.clipByValue(x, -2, 3), 'of what is no number');

// Of many axes.
for (const shape of [
  [2, 2, 3, 1, 2],
  [2, 1, 2, 2, 1, 3],
]) {
  const about = `${shape.length} axes`;
  const each = <Value>(value: (axis: number) => Value) => shape.map((_, axis) => value(axis));
  const [first, ...others] = shape as [number, ...number[]];
  const signs = Array.from({ length: shape.reduce((size, length) => size * length, 1) }, (_, i) =>
    i % 3 === 1 ? 1 : 0,
  );
  for (const name of ['add', 'mul', 'div', 'maximum', 'squaredDifference', 'prelu'] as const) {
    const vector = within(shape.slice(-1), 0.4, 0.9);
    add(name, [shape, vector], (tf, x, y) => tf[name](x, y), `${about}, with a vector`);
  }
  add('sub', [[3], [...others, 1]], (tf, x, y) => tf.sub(x, y), `a vector, with ${about}`);
  add('add', [shape, each((axis) => (axis % 2 === 0 ? 1 : shape[axis]!))], (tf, x, y) => tf.add(x, y), about);
  add('where', [truths(shape, signs), shape, shape], (tf, c, x, y) => tf.where(c, x, y), about);
  add(
    'pad',
    [shape],
    (tf, x) =>
      tf.pad(
        x,
        each((axis): [number, number] => [axis % 2, axis % 3]),
        0.5,
      ),
    about,
  );
  const mirrored = each((axis): [number, number] => (axis === 0 || axis === 2 ? [1, 1] : [0, 0]));
  if (shape.length === 5) add('mirrorPad', [shape], (tf, x) => tf.mirrorPad(x, mirrored, 'reflect'), about);
  add(
    'tile',
    [shape],
    (tf, x) =>
      tf.tile(
        x,
        each((axis) => (axis % 2) + 1),
      ),
    about,
  );
  add('broadcastTo', [each((axis) => (axis % 2 === 0 ? shape[axis]! : 1))], (tf, x) => tf.broadcastTo(x, shape), about);
  add('slice', [shape], (tf, x) => tf.slice(x, each((axis) => (axis === 2 ? 1 : 0)), each((axis) => (axis === 2 ? 1 : shape[axis]!))), about); // prettier-ignore
  add('stridedSlice', [shape], (tf, x) => tf.stridedSlice(x, each(() => 0), shape, each((axis) => (axis === 2 ? 2 : 1))), about); // prettier-ignore
  add('stridedSlice', [shape], (tf, x) => tf.stridedSlice(x, each((axis) => shape[axis]! - 1), each((axis) => -shape[axis]! - 1), each(() => -1)), `${about}, backwards`); // prettier-ignore
  add('reverse', [shape], (tf, x) => tf.reverse(x, [0, -1]), about);
  add('transpose', [shape], (tf, x) => tf.transpose(x), about);
  add('concat', [shape, shape], (tf, x, y) => tf.concat([x, y], 2), about);
  add('gather', [shape, integers([3], [1, 0, 1])], (tf, x, i) => tf.gather(x, one(i), 2), about);
  add('unsortedSegmentSum', [[3, ...others], integers([3], [1, 0, 1])], (tf, x, i) => tf.unsortedSegmentSum(x, one(i), first), about); // prettier-ignore
  add('cumsum', [shape], (tf, x) => tf.cumsum(x, 2), about);
  add('cumsum', [shape], (tf, x) => tf.cumsum(x, 0, true, true), `${about}, exclusive, from the end`);
  for (const name of ['sum', 'max'] as const) add(name, [shape], (tf, x) => tf[name](x, [0, 2], true), about);
}
add('spaceToBatchND', [[1, 2, 4, 2, 1]], (tf, x) => tf.spaceToBatchND(x, [2, 2, 2], [[0, 0], [0, 0], [1, 1]]), 'of five axes'); // prettier-ignore
add('batchToSpaceND', [[8, 1, 2, 2, 1]], (tf, x) => tf.batchToSpaceND(x, [2, 2, 2], [[0, 0], [0, 0], [1, 1]]), 'of five axes'); // prettier-ignore

// By position.
add('gather', [[4, 3], integers([3], [2, 0, 2])], (tf, x, i) => tf.gather(x, one(i)));
add('gather', [[2, 4], integers([2, 2], [3, 1, 0, 3])], (tf, x, i) => tf.gather(x, two(i), 1), 'along the second axis');
add('gather', [[2, 4], integers([3], [3, 0, 3])], (tf, x, i) => tf.gather(x, one(i), -1), 'along the last axis');
add('gather', [[2, 3, 2], integers([2, 2], [2, 0, 1, 1])], (tf, x, i) => tf.gather(x, two(i), 1, 1), 'in a batch');
add('gather', [[4, 3], [2]], (tf, x, y) => tf.add(tf.sum(tf.gather(x, tf.cast(tf.add(tf.floor(y), 2), 'int32')), 1), y), 'by positions that were computed'); // prettier-ignore
add('gatherND', [[3, 4], integers([2, 2], [2, 1, 0, 3])], (tf, x, i) => tf.gatherND(x, i));
add('gatherND', [[3, 4], integers([3, 1], [2, 0, 2])], (tf, x, i) => tf.gatherND(x, i), 'of rows');
add('gatherND', [[3, 4], integers([2], [2, 1])], (tf, x, i) => tf.gatherND(x, i), 'of one element');
add('gatherND', [[3, 4], integers([1], [2])], (tf, x, i) => tf.gatherND(x, i), 'of one row');
add('scatterND', [integers([3, 1], [2, 0, 4]), [3, 2]], (tf, i, x) => tf.scatterND(i, x, [5, 2]));
add('tensorScatterUpdate', [[4, 2], integers([2, 1], [2, 0]), [2, 2]], (tf, x, i, y) => tf.tensorScatterUpdate(x, i, y)); // prettier-ignore
add('unsortedSegmentSum', [[4, 2], integers([4], [1, 0, 1, -1])], (tf, x, i) => tf.unsortedSegmentSum(x, one(i), 3));
flat('oneHot', [integers([3], [1, 0, 3])], (tf, i) => tf.oneHot(i, 4));
flat('oneHot', [integers([2, 2], [1, 0, 2, 1])], (tf, i) => tf.oneHot(i, 3, 2, -1), 'with values of its own');
flat('searchSorted', [floats([1, 4], [1, 2, 2, 3]), floats([1, 3], [2, 0, 4])], (tf, x, y) =>
  tf.searchSorted(x, y, 'right'),
);
flat('sparseToDense', [integers([2], [1, 3]), floats([2], [0.5, 2])], (tf, i, x) => tf.sparseToDense(i, x, [5], -1));
flat('lowerBound', [floats([4], [1, 2, 2, 3]), floats([3], [2, 0, 4])], (tf, x, y) => tf.lowerBound(one(x), one(y)));
flat('upperBound', [floats([4], [1, 2, 2, 3]), floats([3], [2, 0, 4])], (tf, x, y) => tf.upperBound(one(x), one(y)));
flat('bincount', [integers([5], [0, 2, 2, 1, 2]), floats([0], [])], (tf, i, w) => tf.bincount(one(i), one(w), 4));
flat('denseBincount', [integers([5], [0, 2, 2, 1, 2]), floats([0], [])], (tf, i, w) => tf.denseBincount(one(i), one(w), 4)); // prettier-ignore
flat('denseBincount', [integers([2, 3], [0, 2, 2, 1, 2, 9]), floats([0], [])], (tf, i, w) => tf.denseBincount(two(i), two(w), 4, true), 'which are filled'); // prettier-ignore
flat('unique', [floats([5], [3, 1, 3, 2, 1])], (tf, x) => Object.values(tf.unique(x)) as T[]);
flat('unique', [integers([2, 3], [3, -1, 3, 2, 1, 2])], (tf, x) => Object.values(tf.unique(x, 1)) as T[], 'columns of whole numbers'); // prettier-ignore

// Convolutions.
for (const pad of ['same', 'valid'] as const) {
  for (const stride of [1, 2]) {
    const about = `${pad}, stride ${stride}`;
    add(
      'conv1d',
      [
        [2, 5, 2],
        [3, 2, 2],
      ],
      (tf, x, w) => tf.conv1d(three(x), three(w), stride, pad),
      about,
    );
    add(
      'conv2d',
      [
        [1, 5, 4, 2],
        [3, 2, 2, 2],
      ],
      (tf, x, w) => tf.conv2d(four(x), four(w), stride, pad),
      about,
    );
    add('depthwiseConv2d', [[1, 5, 4, 2], [3, 2, 2, 2]], (tf, x, w) => tf.depthwiseConv2d(four(x), four(w), stride, pad), about); // prettier-ignore
    add('separableConv2d', [[1, 4, 4, 2], [2, 2, 2, 1], [1, 1, 2, 3]], (tf, x, d, w) => tf.separableConv2d(four(x), four(d), four(w), stride, pad), about); // prettier-ignore
    add(
      'conv3d',
      [
        [1, 3, 3, 3, 1],
        [2, 2, 2, 1, 2],
      ],
      (tf, x, w) => tf.conv3d(five(x), five(w), stride, pad),
      about,
    );
    const size = pad === 'same' ? 3 * stride : (3 - 1) * stride + 2;
    add('conv2dTranspose', [[1, 3, 3, 2], [2, 2, 1, 2]], (tf, x, w) => tf.conv2dTranspose(four(x), four(w), [1, size, size, 1], stride, pad), about); // prettier-ignore
  }
}
add(
  'conv1d',
  [
    [2, 6, 2],
    [2, 2, 2],
  ],
  (tf, x, w) => tf.conv1d(three(x), three(w), 1, 'same', 'NWC', 2),
  'dilated',
);
for (const [pad, stride, dilation, mode] of [
  [0, 1, 1, 'floor'],
  [1, 1, 1, 'floor'],
  [2, 2, 1, 'floor'],
  [2, 1, 2, 'floor'],
  [1, 2, 1, 'ceil'],
] as const) {
  const about = `padded by ${pad}, stride ${stride}, dilation ${dilation}, windows by ${mode}`;
  add(
    'conv1d',
    [
      [2, 6, 2],
      [3, 2, 2],
    ],
    (tf, x, w) => tf.conv1d(three(x), three(w), stride, pad, 'NWC', dilation, mode),
    about,
  );
}
add(
  'conv1d',
  [
    [6, 2],
    [2, 2, 3],
  ],
  (tf, x, w) => tf.conv1d(two(x), three(w), 1, 1),
  'one row, padded by 1',
);
add('conv1d', [[6, 2], [2, 2, 3]], (_, x, w) => (x as T & { conv1d: (filter: T, stride: number, pad: number) => T }).conv1d(w, 1, 1), 'one row, padded by 1, as a method'); // prettier-ignore
add(
  'conv2d',
  [
    [1, 5, 5, 2],
    [2, 3, 2, 2],
  ],
  (tf, x, w) => tf.conv2d(four(x), four(w), 1, 'same', 'NHWC', 2),
  'dilated',
);
add('conv2d', [[1, 6, 5, 1], [2, 2, 1, 2]], (tf, x, w) => tf.conv2d(four(x), four(w), 1, 'valid', 'NHWC', [3, 2]), 'dilated, valid'); // prettier-ignore
add(
  'conv2d',
  [
    [1, 4, 4, 1],
    [3, 3, 1, 2],
  ],
  (tf, x, w) => tf.conv2d(four(x), four(w), 1, 1),
  'with its own padding',
);
for (const pad of [1, [[0, 0], [1, 0], [1, 1], [0, 0]]] as const) {
  const padding = pad as Core.backend_util.ExplicitPadding | number;
  for (const [height, width, stride, dilation] of [[2, 3, 1, 1], [3, 2, 2, 1], [2, 3, [1, 2], 1], [2, 2, 1, [1, 2]]] as const) {
    const strides = stride as [number, number] | number;
    const dilations = dilation as [number, number] | number;
    const about = `${JSON.stringify(pad)}, window ${height} × ${width}, stride ${JSON.stringify(stride)}, dilation ${JSON.stringify(dilation)}`;
    add('conv2d', [[1, 5, 5, 1], [height, width, 1, 2]], (tf, x, w) => tf.conv2d(four(x), four(w), strides, padding, 'NHWC', dilations), about);
    add('depthwiseConv2d', [[1, 5, 5, 2], [height, width, 2, 1]], (tf, x, w) => tf.depthwiseConv2d(four(x), four(w), strides, padding, 'NHWC', dilations), about);
  }
  for (const [size, stride] of [[2, 2], [[2, 3], 1], [[3, 2], [1, 2]]] as const) {
    const [window, strides] = [size as [number, number] | number, stride as [number, number] | number];
    const about = `${JSON.stringify(pad)}, window ${JSON.stringify(size)}, stride ${JSON.stringify(stride)}`;
    for (const name of ['maxPool', 'avgPool'] as const) add(name, [[1, 5, 4, 2]], (tf, x) => tf[name](four(x), window, strides, padding), about);
  }
} // prettier-ignore
for (const mode of ['round', 'ceil'] as const) {
  add('conv2d', [[1, 6, 7, 1], [3, 2, 1, 2]], (tf, x, w) => tf.conv2d(four(x), four(w), 2, 1, 'NHWC', 1, mode), `windows by ${mode}`); // prettier-ignore
  add('depthwiseConv2d', [[1, 6, 7, 2], [3, 2, 2, 1]], (tf, x, w) => tf.depthwiseConv2d(four(x), four(w), 2, 1, 'NHWC', 1, mode), `windows by ${mode}`); // prettier-ignore
  for (const name of ['maxPool', 'avgPool'] as const) {
    add(name, [[1, 6, 7, 2]], (tf, x) => tf[name](four(x), 3, 2, 1, mode), `windows by ${mode}`);
  }
}
for (const pad of ['same', 'valid'] as const) {
  add('conv2d', [[1, 4, 5, 4], [2, 2, 4, 4]], (tf, x, w) => tf.conv2d(four(x), four(w), 1, pad, 'NHWC', [1, 2]), `four channels, dilated, ${pad}`); // prettier-ignore
  add('conv2d', [[1, 5, 6, 1], [3, 1, 1, 2]], (tf, x, w) => tf.conv2d(four(x), four(w), 2, pad), `${pad}, stride beyond the window`); // prettier-ignore
  add('depthwiseConv2d', [[1, 6, 5, 2], [1, 3, 2, 1]], (tf, x, w) => tf.depthwiseConv2d(four(x), four(w), 2, pad), `${pad}, stride beyond the window`); // prettier-ignore
  add('depthwiseConv2d', [[1, 6, 6, 4], [3, 2, 4, 1]], (tf, x, w) => tf.depthwiseConv2d(four(x), four(w), 1, pad), `four channels, ${pad}`); // prettier-ignore
  add('conv3d', [[1, 2, 5, 4, 1], [1, 1, 1, 1, 2]], (tf, x, w) => tf.conv3d(five(x), five(w), [1, 2, 2], pad), `${pad}, stride beyond the window`); // prettier-ignore
}
add('conv2d', [[3, 6, 5, 1], [3, 3, 1, 9]], (tf, x, w) => tf.conv2d(four(x), four(w), 1, 'same'), 'more windows than go together, nine filters'); // prettier-ignore
add('conv2d', [[2, 5, 4, 5], [2, 3, 5, 3]], (tf, x, w) => tf.conv2d(four(x), four(w), [2, 1], 'same'), 'five channels, two images'); // prettier-ignore
flat(
  'conv2d',
  [
    [2, 9, 9, 30],
    [3, 3, 30, 8],
  ],
  (tf, x, w) => tf.conv2d(four(x), four(w), 1, 'same'),
  'long windows',
);
add('fused.conv2d', [[1, 4, 5, 2], [3, 2, 2, 2], [2]], (tf, x, filter, bias) => tf.fused.conv2d({ x: four(x), filter: four(filter), strides: 1, pad: 1, bias }), 'with its own padding'); // prettier-ignore
add('depthwiseConv2d', [[1, 5, 5, 2], [2, 2, 2, 1]], (tf, x, w) => tf.depthwiseConv2d(four(x), four(w), 1, 'same', 'NHWC', 2), 'dilated'); // prettier-ignore
add('fused.conv2d', [[1, 4, 4, 2], [2, 2, 2, 2], [2]], (tf, x, filter, bias) => tf.fused.conv2d({ x: four(x), filter: four(filter), strides: 1, pad: 'same', bias, activation: 'relu' })); // prettier-ignore
add('fused.depthwiseConv2d', [[1, 4, 4, 2], [2, 2, 2, 1], [2]], (tf, x, filter, bias) => tf.fused.depthwiseConv2d({ x: four(x), filter: four(filter), strides: 1, pad: 'same', bias })); // prettier-ignore
add('conv3dTranspose', [[1, 2, 2, 2, 1], [2, 2, 2, 1, 1]], (tf, x, w) => tf.conv3dTranspose(five(x), five(w), [1, 4, 4, 4, 1], 2, 'same')); // prettier-ignore
add(
  'dilation2d',
  [
    [1, 4, 4, 1],
    [2, 2, 1],
  ],
  (tf, x, w) => tf.dilation2d(four(x), three(w), 1, 'same'),
);
add(
  'dilation2d',
  [
    [1, 5, 4, 2],
    [2, 3, 2],
  ],
  (tf, x, w) => tf.dilation2d(four(x), three(w), 2, 'valid'),
  'valid, stride 2',
);

// Pooling, also with windows that reach beyond the edge.
for (const [pad, size, stride] of [['same', 2, 1], ['same', 3, 2], ['valid', 2, 2], ['valid', 3, 1]] as const) {
  const about = `${pad}, window ${size}, stride ${stride}`;
  add('maxPool', [[1, 5, 4, 2]], (tf, x) => tf.maxPool(four(x), size, stride, pad), about);
  add('avgPool', [[2, 5, 4, 2]], (tf, x) => tf.avgPool(four(x), size, stride, pad), about);
  add('maxPool3d', [[1, 3, 4, 3, 1]], (tf, x) => tf.maxPool3d(five(x), size, stride, pad), about);
  add('avgPool3d', [[1, 3, 4, 3, 1]], (tf, x) => tf.avgPool3d(five(x), size, stride, pad), about);
} // prettier-ignore
add('maxPool', [[2, 5, 4, 6]], (tf, x) => tf.maxPool(four(x), 3, 2, 'same'), 'six channels, two images');
add('maxPool', [floats([1, 2, 4, 1], [1, 1, 0, 2, 1, 0, 2, 2])], (tf, x) => tf.mul(tf.maxPool(four(x), 1, 1, 'same'), 2), 'of single elements'); // prettier-ignore
for (const pad of ['same', 'valid', 1] as const) {
  for (const name of ['maxPool3d', 'avgPool3d'] as const) {
    add(name, [[1, 3, 4, 3, 2]], (tf, x) => tf[name](five(x), [2, 3, 2], [1, 2, 1], pad), `${pad}, window 2 × 3 × 2`);
    if (pad === 1) continue;
    add(name, [[1, 2, 4, 5, 1]], (tf, x) => tf[name](five(x), [2, 2, 1], [1, 1, 3], pad), `${pad}, stride beyond the window`);
  }
} // prettier-ignore
add('pool', [[1, 4, 4, 1]], (tf, x) => tf.pool(four(x), 2, 'avg', 'valid', 2), 'average, dilated');
add('pool', [[1, 4, 4, 1]], (tf, x) => tf.pool(four(x), 2, 'max', 'same'), 'maximum');
flat('maxPoolWithArgmax', [[1, 4, 4, 1]], (tf, x) => Object.values(tf.maxPoolWithArgmax(four(x), 2, 2, 'same')) as T[]);
flat('maxPoolWithArgmax', [within([1, 4, 4, 1], -2, -1)], (tf, x) => Object.values(tf.maxPoolWithArgmax(four(x), 2, 2, 'same')) as T[], 'below zero'); // prettier-ignore
add('localResponseNormalization', [within([1, 2, 2, 4], 0.2, 1.5)], (tf, x) =>
  tf.localResponseNormalization(four(x), 1),
);

// Normalisation.
const variance = within([3], 0.5, 2);
for (const scaled of [true, false]) {
  for (const offset of [true, false]) {
    const about = `${scaled ? 'with' : 'without'} scale, ${offset ? 'with' : 'without'} offset`;
    add('batchNorm', [[2, 2, 2, 3], [3], variance, [3], [3]], (tf, x, m, v, o, s) => tf.add(tf.batchNorm(x, one(m), one(v), offset ? one(o) : undefined, scaled ? one(s) : undefined), tf.mul(s, o)), about); // prettier-ignore
  }
}
add('batchNorm2d', [[4, 3], [3], variance, [3], [3]], (tf, x, m, v, o, s) => tf.batchNorm2d(two(x), one(m), one(v), one(o), one(s))); // prettier-ignore
add('batchNorm3d', [[2, 2, 3], [3], variance], (tf, x, m, v) => tf.batchNorm3d(three(x), one(m), one(v)));
add('batchNorm4d', [[1, 2, 2, 3], [3], variance], (tf, x, m, v) => tf.batchNorm4d(four(x), one(m), one(v)));
add('batchNorm2d', [[2, 3], [2, 3], within([2, 3], 0.5, 2)], (tf, x, m, v) => tf.batchNorm2d(two(x), two(m), two(v)), 'element by element'); // prettier-ignore
add('basicLSTMCell', [[], [5, 8], [8], [1, 3], [1, 2], [1, 2]], (tf, f, k, b, d, c, h) => tf.basicLSTMCell(f as Core.Scalar, two(k), one(b), two(d), two(c), two(h))); // prettier-ignore
add('multiRNNCell', [[5, 8], [8], [1, 3], [1, 2], [1, 2]], (tf, k, b, d, c, h) => tf.multiRNNCell([(data, c1, h1) => tf.basicLSTMCell(tf.scalar(1), two(k), one(b), data, c1, h1)], two(d), [two(c)], [two(h)]).flat()); // prettier-ignore
add('movingAverage', [[3], [3]], (tf, v, x) => tf.movingAverage(v, x, 0.9, 3));
add('dropout', [[4]], (tf, x) => tf.dropout(x, 0.4, undefined, 7));

// Losses.
const labels = integers([2, 3], [0, 1, 0, 1, 0, 0]);
for (const name of ['absoluteDifference', 'huberLoss', 'meanSquaredError', 'hingeLoss'] as const) {
  add(`losses.${name}`, [labels, [2, 3]], (tf, t, x) => tf.losses[name]<T, T>(t, x));
}
add('losses.logLoss', [labels, within([2, 3], 0.2, 0.8)], (tf, t, x) => tf.losses.logLoss<T, T>(t, x));
add('losses.cosineDistance', [labels, [2, 3]], (tf, t, x) => tf.losses.cosineDistance<T, T>(t, x, 1));
add('losses.sigmoidCrossEntropy', [labels, [2, 3]], (tf, t, x) => tf.losses.sigmoidCrossEntropy<T, T>(t, x));
add('losses.softmaxCrossEntropy', [labels, [2, 3]], (tf, t, x) => tf.losses.softmaxCrossEntropy<T, T>(t, x));
add('losses.computeWeightedLoss', [[2, 3], within([2, 3], 0.2, 1)], (tf, x, w) => tf.losses.computeWeightedLoss(x, w));

// Images.
for (const [aligned, centred] of [
  [false, false],
  [true, false],
  [false, true],
] as const) {
  const about = aligned ? 'corners aligned' : centred ? 'pixel centres halved' : '';
  add('image.resizeBilinear', [[1, 3, 4, 1]], (tf, x) => tf.image.resizeBilinear(four(x), [5, 3], aligned, centred), about); // prettier-ignore
  add('image.resizeNearestNeighbor', [[1, 3, 4, 1]], (tf, x) => tf.image.resizeNearestNeighbor(four(x), [6, 2], aligned, centred), about); // prettier-ignore
}
for (const name of ['max', 'min'] as const) {
  add(name, [[2, 3]], (tf, x) => tf[name](tf.concat([x, x], 1), 1), 'of equals');
}
add('image.grayscaleToRGB', [[2, 2, 1]], (tf, x) => tf.image.grayscaleToRGB(three(x)));
add('image.rgbToGrayscale', [[2, 2, 3]], (tf, x) => tf.image.rgbToGrayscale(three(x)));
add('image.flipLeftRight', [[1, 2, 3, 1]], (tf, x) => tf.image.flipLeftRight(four(x)));
refused('image.rotateWithOffset', [[1, 4, 4, 1]], (tf, x) => tf.image.rotateWithOffset(four(x), 0.3));
refused('image.cropAndResize', [[1, 4, 4, 1], floats([1, 4], [0, 0, 0.5, 0.8]), integers([1], [0])], (tf, x, b, i) => tf.image.cropAndResize(four(x), two(b), one(i), [2, 2])); // prettier-ignore
refused('image.transform', [[1, 3, 3, 1], floats([1, 8], [1, 0, 1, 0, 1, 0, 0, 0])], (tf, x, t) => tf.image.transform(four(x), two(t))); // prettier-ignore
refused('image.transform', [[1, 5, 5, 1], floats([1, 8], [1, 0, -2, 0, 1, 3, 0, 0])], (tf, x, t) => tf.image.transform(four(x), two(t), 'nearest', 'reflect'), 'reflected'); // prettier-ignore
flat('image.threshold', [within([2, 2, 1], 10, 240)], (tf, x) => tf.image.threshold(three(x), 'binary', false, 0.5));
flat('image.nonMaxSuppression', [floats([2, 4], [0, 0, 1, 1, 0, 0, 0.9, 1]), floats([2], [0.4, 0.7])], (tf, b, s) => tf.image.nonMaxSuppression(two(b), one(s), 2)); // prettier-ignore

// Complex numbers and signals.
const parts = (tf: typeof Core, z: T) => [tf.real(z), tf.imag(z)];
refused('complex', [[3], [3]], (tf, x, y) => parts(tf, tf.complex(x, y)));
refused('real', [[3], [3]], (tf, x, y) => tf.real(tf.complex(x, y)));
refused('imag', [[3], [3]], (tf, x, y) => tf.imag(tf.complex(x, y)));
refused('abs', [[3], [3]], (tf, x, y) => tf.abs(tf.complex(x, y)), 'of complex numbers');
for (const name of ['fft', 'ifft'] as const) {
  refused(
    name,
    [
      [2, 4],
      [2, 4],
    ],
    (tf, x, y) => parts(tf, tf.spectral[name](tf.complex(x, y))),
  );
}
refused('rfft', [[2, 4]], (tf, x) => parts(tf, tf.spectral.rfft(x)));
refused(
  'irfft',
  [
    [1, 3],
    [1, 3],
  ],
  (tf, x, y) => tf.spectral.irfft(tf.complex(x, y)),
);
add('signal.frame', [[6]], (tf, x) => tf.signal.frame(one(x), 3, 2));
refused('signal.stft', [[8]], (tf, x) => parts(tf, tf.signal.stft(one(x), 4, 2)));
flat('signal.hammingWindow', [], (tf) => tf.signal.hammingWindow(5));
flat('signal.hannWindow', [], (tf) => tf.signal.hannWindow(5));

// Made from nothing.
flat('zeros', [], (tf) => tf.zeros([2, 3]));
flat('ones', [], (tf) => tf.ones([2, 3]));
flat('zerosLike', [[2, 3]], (tf, x) => tf.zerosLike(x));
flat('onesLike', [[2, 3]], (tf, x) => tf.onesLike(x));
flat('fill', [], (tf) => tf.fill([2, 3], 1.5));
flat('eye', [], (tf) => tf.eye(3));
flat('range', [], (tf) => tf.range(5, -1, -2));
flat('linspace', [], (tf) => tf.linspace(0, 1, 5));
flat('scalar', [], (tf) => tf.scalar(2.5));
flat('tensor', [], (tf) => tf.tensor([1, 2, 3, 4], [2, 2]));
flat('tensor1d', [], (tf) => tf.tensor1d([1, 2]));
flat('tensor2d', [], (tf) => tf.tensor2d([1, 2], [1, 2]));
flat('tensor3d', [], (tf) => tf.tensor3d([1, 2], [1, 2, 1]));
flat('tensor4d', [], (tf) => tf.tensor4d([1, 2], [1, 2, 1, 1]));
flat('tensor5d', [], (tf) => tf.tensor5d([1, 2], [1, 2, 1, 1, 1]));
flat('tensor6d', [], (tf) => tf.tensor6d([1, 2], [1, 2, 1, 1, 1, 1]));
flat('buffer', [], (tf) => tf.buffer([2], 'float32', new Float32Array([1, 2])).toTensor());
flat('randomNormal', [], (tf) => tf.randomNormal([5], 0, 1, 'float32', 3));
flat('randomStandardNormal', [], (tf) => tf.randomStandardNormal([5], 'float32', 3));
flat('truncatedNormal', [], (tf) => tf.truncatedNormal([5], 0, 1, 'float32', 3));
flat('randomUniform', [], (tf) => tf.randomUniform([5], 0, 1, 'float32', 3));
flat('randomUniformInt', [], (tf) => tf.randomUniformInt([5], 0, 9, 3));
flat('randomGamma', [], (tf) => tf.randomGamma([5], 2, 1, 'float32', 3));

export const conformanceCases: readonly Case[] = cases;
