"""
What runtime-training.bench.ts and networks.bench.ts measure, in PyTorch: eager, on one thread. Takes a network as JSON,
how many rounds, and the seconds of processor time of each; prints training steps per second of processor time, the best round.
"""
import json
import math
import sys
import time

import torch
from torch.nn import functional as F

torch.set_num_threads(1)


def weights(*shape):
    inputs = math.prod(shape[:-1])
    return torch.nn.Parameter(torch.randn(*shape) * math.sqrt(2 / inputs))


def dense(sizes, batch):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    x, y = torch.randn(batch, sizes[0]), torch.randn(batch, sizes[-1])
    return list(net.parameters()), lambda: ((net(x) - y) ** 2).mean()


def recurrent(sizes, batch, length):
    inputs, units, outputs = sizes
    net, outward = torch.nn.LSTM(inputs, units), torch.nn.Linear(units, outputs)
    x, y = torch.randn(length, batch, inputs), torch.randn(length, batch, outputs)
    return [*net.parameters(), *outward.parameters()], lambda: ((outward(net(x)[0]) - y) ** 2).mean()


def transformer(outputs):
    """A block; with outputs also a vector for each position, a last normalisation, and a layer to so many outputs."""
    width, heads, length, batch = 64, 4, 32, 16
    q, k, v, out = [weights(width, width) for _ in range(4)]
    up, down, table = weights(width, 4 * width), weights(4 * width, width), weights(64, width)
    tokens = (torch.arange(batch * length) * 7) % 64
    around = [torch.nn.Parameter(torch.randn(length, width)), weights(width, outputs)] if outputs > 0 else []
    targets = torch.randn(batch * length, outputs if outputs > 0 else width)

    def norm(x):
        variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
        return (x - mean) / torch.sqrt(variance + 1e-5)

    def split(x):
        return x.reshape(batch, length, heads, width // heads).transpose(1, 2)

    def loss():
        rows = F.embedding(tokens, table)
        if outputs > 0:
            rows = (rows.reshape(batch, length, width) + around[0]).reshape(batch * length, width)
        normal = norm(rows)
        queries, keys, values = [split(normal @ matrix) for matrix in (q, k, v)]
        scores = torch.softmax(queries @ keys.transpose(2, 3) / math.sqrt(width // heads), -1)
        mixed = (scores @ values).transpose(1, 2).reshape(batch * length, width)
        attended = rows + mixed @ out
        result = attended + torch.relu(norm(attended) @ up) @ down
        if outputs > 0:
            result = norm(result) @ around[1]
        return ((result - targets) ** 2).mean()

    return [q, k, v, out, up, down, table, *around], loss


def convolutions():
    first, second, last = weights(3, 3, 1, 8), weights(3, 3, 8, 16), weights(784, 10)
    filters = [torch.nn.Parameter(one.detach().permute(3, 2, 0, 1).contiguous()) for one in (first, second)]
    images, targets = torch.randn(32, 1, 28, 28), torch.randn(32, 10)

    def loss():
        values = images
        for one in filters:
            values = F.max_pool2d(F.relu(F.conv2d(values, one, padding="same")), 2)
        return ((values.reshape(32, 784) @ last - targets) ** 2).mean()

    return [*filters, last], loss


def measure(parameters, loss, rounds, seconds):
    adam = torch.optim.Adam(parameters, 1e-3)

    def step():
        adam.zero_grad()
        value = loss()
        value.backward()
        adam.step()
        return value.item()

    for _ in range(10):
        step()
    best = 0
    for _ in range(rounds):
        began, steps = time.process_time(), 0
        while time.process_time() - began < seconds:
            step()
            steps += 1
        best = max(best, steps / (time.process_time() - began))
    return best


network = json.loads(sys.argv[1])
kinds = {"dense": dense, "recurrent": recurrent, "transformer": transformer, "convolutions": convolutions}
make = kinds[network.pop("kind")]
print(measure(*make(**network), int(sys.argv[2]), float(sys.argv[3])))
