const asynchronous = 'answers later, with the numbers of the operation of the same name, or of none';
const texts = 'works on texts, which no engine computes with';
const ragged = 'prepares ragged or sparse data on the processor; only the plain engine has it, and the others copy';
const random = 'draws from a generator of the engine; experiments draw from theirs';
const none = 'computes nothing';

/** Operations that have no case, and why. */
export const elsewhere: Readonly<Record<string, string>> = {
  booleanMaskAsync: asynchronous,
  inTopKAsync: asynchronous,
  setdiff1dAsync: asynchronous,
  whereAsync: asynchronous,
  'image.nonMaxSuppressionAsync': asynchronous,
  'image.nonMaxSuppressionPaddedAsync': asynchronous,
  'image.nonMaxSuppressionWithScoreAsync': asynchronous,
  'image.nonMaxSuppressionPadded': 'is `image.nonMaxSuppression` with more results',
  'image.nonMaxSuppressionWithScore': 'is `image.nonMaxSuppression` with more results',
  'spectral.fft': 'is `fft`',
  multinomial: random,
  rand: random,
  print: none,
  variable: none,
  op: none,
  raggedGather: ragged,
  raggedRange: ragged,
  raggedTensorToTensor: ragged,
  'sparse.sparseFillEmptyRows': ragged,
  'sparse.sparseReshape': ragged,
  'sparse.sparseSegmentMean': ragged,
  'sparse.sparseSegmentSum': ragged,
  'spectral.ifft': 'is `ifft`',
  'spectral.irfft': 'is `irfft`',
  'spectral.rfft': 'is `rfft`',
  'string.staticRegexReplace': texts,
  'string.stringNGrams': texts,
  'string.stringSplit': texts,
  'string.stringToHashBucketFast': texts,
};
