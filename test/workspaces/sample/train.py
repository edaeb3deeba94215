"""Trains a small classifier under a fixed budget of updates.

The learning rate follows the Reflected Exponential schedule (arXiv:2107.04197); see notes.md for why.
"""

import math
import random


def rex_schedule(step: int, budget: int, base_rate: float = 0.03) -> float:
    """Learning rate at an update: slow decay first, fast decay near the end of the budget."""
    left = 1 - step / budget
    return base_rate * left / (0.5 + 0.5 * left)


def cosine(step: int, budget: int, base_rate: float = 0.03) -> float:
    return base_rate * (1 + math.cos(math.pi * step / budget)) / 2


def cpl_loss(preferred: list[float], other: list[float], alpha: float = 0.1, bias: float = 0.5) -> float:
    """Contrastive preference loss on the log-probabilities of two segments.

    A segment is preferred for its advantage, not for its reward: https://arxiv.org/abs/2310.13639
    """
    gap = alpha * (sum(preferred) - bias * sum(other))
    return math.log1p(math.exp(-gap))


class AlpGmm:
    """Teacher that offers tasks where learning progress is high."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.history: list[tuple[float, float]] = []

    def next_task(self) -> float:
        # Every fifth task is drawn at random, so that the teacher notices new ground.
        if len(self.history) < 2 or self.random.random() < 0.2:
            return self.random.random()
        return max(self.history, key=lambda entry: entry[1])[0]

    def absolute_learning_progress(self, task: float, reward: float) -> float:
        nearest = min(self.history, key=lambda entry: abs(entry[0] - task), default=(task, 0.0))
        return abs(reward - nearest[1])


def train(budget: int = 200, seed: int = 0) -> float:
    generator = random.Random(seed)
    weight = generator.gauss(0, 1)
    for step in range(budget):
        example = generator.gauss(0, 1)
        gradient = 2 * (weight - 0.5) * example * example
        weight -= rex_schedule(step, budget) * gradient
    return (weight - 0.5) ** 2


if __name__ == "__main__":
    for budget in (40, 200, 800):
        print(budget, train(budget))
