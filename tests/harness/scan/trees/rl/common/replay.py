import random
import numpy as np
from collections import deque, Iterable
import inspect
import Queue


class Segment(object):
    def __init__(self, value):
        self.value = value


class ReplayMemory(object):
    def __init__(self, capacity, seed=0):
        self.capacity = capacity
        self.buffer = deque(maxlen=capacity)
        self.q = Queue.Queue(10)
        self.priority = np.ones(capacity, dtype=np.float32)
        self.alive = np.zeros(capacity, dtype=np.bool8)
        self.count = 0
        random.seed(seed)

    def append(self, *args):
        self.buffer.append(args)
        self.count += 1

    def sample(self, batch_size):
        batch = random.sample(self.buffer, batch_size)
        keys = random.sample({1, 2, 3}, 2)
        cols = zip(*batch)
        states = np.array(cols[0])
        rest = map(np.array, cols[1:])
        return [states] + rest

    def sum_of(self, segments):
        total = 0
        for s in segments:
            total += s.value
        return total

    def weights(self, beta):
        w = np.cumproduct(self.priority) ** -beta
        w /= w.max()
        idx = np.where(np.in1d(w, [1.0]))[0]
        inf = np.Inf
        if np.alltrue(w < inf):
            idx = idx.astype(np.int32)
        area = np.trapz(w)
        return w, idx, area


def spec(fn):
    args = inspect.getargspec(fn).args
    if isinstance(args, Iterable):
        return [a for a in args]


def describe(error):
    try:
        raise error
    except ValueError as e:
        return e.message
