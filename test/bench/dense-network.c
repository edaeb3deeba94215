/*
 * What networks.bench.ts measures, in C: forward and backward pass of a dense network with ReLU, the mean squared error,
 * and Adam. Takes the batch and the sizes, and prints training steps per second of processor time, the best of five rounds.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_LAYERS = 8 };

static int layers, batch, sizes[MOST_LAYERS + 1], count;
static float *parameters, *gradient, *first, *second;
static float *values[MOST_LAYERS + 1], *gradients[MOST_LAYERS + 1], *targets;
static int from[MOST_LAYERS];
static int steps;

static float *numbers(int size) { return calloc(size, sizeof(float)); }

static void forward(int rows, int inputs, int outputs, const float *restrict x, const float *restrict weights,
                    const float *restrict bias, float *restrict y, int rectified) {
  for (int row = 0; row < rows; row++) {
    float *restrict to = y + row * outputs;
    memcpy(to, bias, outputs * sizeof(float));
    for (int i = 0; i < inputs; i++) {
      const float value = x[row * inputs + i];
      for (int j = 0; j < outputs; j++) to[j] += value * weights[i * outputs + j];
    }
    if (rectified)
      for (int j = 0; j < outputs; j++) to[j] = to[j] > 0 ? to[j] : 0;
  }
}

static void backward(int rows, int inputs, int outputs, const float *restrict x, const float *restrict dy,
                     float *restrict weights, float *restrict bias) {
  memset(weights, 0, inputs * outputs * sizeof(float));
  memset(bias, 0, outputs * sizeof(float));
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < inputs; i++) {
      const float value = x[row * inputs + i];
      for (int j = 0; j < outputs; j++) weights[i * outputs + j] += value * dy[row * outputs + j];
    }
    for (int j = 0; j < outputs; j++) bias[j] += dy[row * outputs + j];
  }
}

static void through(int rows, int inputs, int outputs, const float *restrict dy, const float *restrict weights,
                    const float *restrict x, float *restrict transposed, float *restrict dx) {
  for (int i = 0; i < inputs; i++)
    for (int j = 0; j < outputs; j++) transposed[j * inputs + i] = weights[i * outputs + j];
  for (int row = 0; row < rows; row++) {
    float *restrict to = dx + row * inputs;
    memset(to, 0, inputs * sizeof(float));
    for (int j = 0; j < outputs; j++) {
      const float value = dy[row * outputs + j];
      for (int i = 0; i < inputs; i++) to[i] += value * transposed[j * inputs + i];
    }
    for (int i = 0; i < inputs; i++) to[i] = x[row * inputs + i] > 0 ? to[i] : 0;
  }
}

static void adam(float *restrict w, const float *restrict g, float *restrict m, float *restrict v) {
  steps++;
  const float rate = 1e-3f / (1 - powf(0.9f, steps));
  const float root = 1 / sqrtf(1 - powf(0.999f, steps));
  for (int i = 0; i < count; i++) {
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    w[i] -= rate * m[i] / (sqrtf(v[i]) * root + 1e-8f);
  }
}

static float train(float *transposed) {
  for (int layer = 0; layer < layers; layer++) {
    const float *weights = parameters + from[layer];
    const float *bias = weights + sizes[layer] * sizes[layer + 1];
    forward(batch, sizes[layer], sizes[layer + 1], values[layer], weights, bias, values[layer + 1], layer < layers - 1);
  }
  const int outputs = batch * sizes[layers];
  float loss = 0;
  for (int i = 0; i < outputs; i++) {
    const float difference = values[layers][i] - targets[i];
    loss += difference * difference;
    gradients[layers][i] = 2 * difference / outputs;
  }
  for (int layer = layers - 1; layer >= 0; layer--) {
    const int inputs = sizes[layer], outputs = sizes[layer + 1];
    float *weights = gradient + from[layer];
    backward(batch, inputs, outputs, values[layer], gradients[layer + 1], weights, weights + inputs * outputs);
    if (layer > 0)
      through(batch, inputs, outputs, gradients[layer + 1], parameters + from[layer], values[layer], transposed,
              gradients[layer]);
  }
  adam(parameters, gradient, first, second);
  return loss / outputs;
}

int main(int argc, char **argv) {
  layers = argc - 3;
  if (layers < 1 || layers > MOST_LAYERS) return 1;
  batch = atoi(argv[1]);
  int largest = 0;
  for (int i = 0; i <= layers; i++) {
    sizes[i] = atoi(argv[i + 2]);
    values[i] = numbers(batch * sizes[i]);
    gradients[i] = numbers(batch * sizes[i]);
  }
  for (int i = 0; i < layers; i++) {
    from[i] = count;
    count += (sizes[i] + 1) * sizes[i + 1];
    if (sizes[i] * sizes[i + 1] > largest) largest = sizes[i] * sizes[i + 1];
  }
  parameters = numbers(count);
  gradient = numbers(count);
  first = numbers(count);
  second = numbers(count);
  targets = numbers(batch * sizes[layers]);
  float *transposed = numbers(largest);
  for (int i = 0; i < layers; i++)
    for (int j = 0; j < sizes[i] * sizes[i + 1]; j++)
      parameters[from[i] + j] = sqrtf(2.0f / sizes[i]) * sinf(12.9898f * j + i);
  for (int i = 0; i < batch * sizes[0]; i++) values[0][i] = sinf(12.9898f * i);
  for (int i = 0; i < batch * sizes[layers]; i++) targets[i] = sinf(78.233f * i);

  double best = 0;
  float loss = 0;
  for (int round = 0; round < 5; round++) {
    const clock_t began = clock();
    int taken = 0;
    while (clock() - began < 0.3 * CLOCKS_PER_SEC) {
      loss = train(transposed);
      taken++;
    }
    const double rate = taken / ((double)(clock() - began) / CLOCKS_PER_SEC);
    if (rate > best) best = rate;
  }
  printf("%f\n", best);
  return isfinite(loss) ? 0 : 1;
}
