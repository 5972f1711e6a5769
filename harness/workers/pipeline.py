"""The input pipeline of a TF1-style implementation, run on draws that the harness chose."""

import contextlib

import numpy as np

from harness import exchange


@contextlib.contextmanager
def scripted_draws(uniform=(), normal=(), permutations=()):
    """Let np.random's uniform, randn and shuffle answer from these arrays, in order of calls.

    Arguments:
        uniform: floats in [0, 1), one a call.
        normal: arrays, one a call of `randn`, of the shape it asks for.
        permutations: arrays, one a call of `shuffle`, the order it shall leave behind.
    """
    uniform, normal, permutations = iter(uniform), iter(normal), iter(permutations)

    def shuffle(array):
        array[...] = np.asarray(array)[next(permutations)]

    originals = np.random.uniform, np.random.randn, np.random.shuffle
    np.random.uniform = lambda: float(next(uniform))
    np.random.randn = lambda *shape: np.reshape(next(normal), shape)
    np.random.shuffle = shuffle
    try:
        yield
    finally:
        np.random.uniform, np.random.randn, np.random.shuffle = originals


def augment(provider, batch, draws, out):
    """Rotate and jitter one batch with given draws: `uniform` B and `normal` B x N x 3."""
    points = exchange.read_arrays(batch)["points"].astype(np.float32)
    draws = exchange.read_arrays(draws)
    with scripted_draws(uniform=draws["uniform"], normal=[draws["normal"]]):
        rotated = provider.rotate_point_cloud(points)
        jittered = provider.jitter_point_cloud(rotated)
    # A placeholder rounds what it is fed.
    exchange.write(out, {"rotated": rotated, "jittered": jittered.astype(np.float32)})


def epoch(script, draws, out):
    """The batches of one training epoch, as train.py would feed them.

    The draws are those of one epoch: `files` (order of the files), `clouds/<i>` (order within the
    i-th file opened), `uniform` S x B and `normal` S x B x N x 3 for the S batches.
    """
    draws = exchange.read_arrays(draws)
    orders = [draws["files"]] + [draws["clouds/%d" % i] for i in range(len(draws["files"]))]
    session = RecordingSession(None)
    with quiet(script), scripted_draws(draws["uniform"].ravel(), draws["normal"], orders):
        script.train_one_epoch(session, Operations(), Writer())
    exchange.write(out, session.batches())


def metrics(script, predictions, out):
    """Mean loss, accuracy and class accuracy that train.py's evaluation makes of given answers.

    The file holds `logits` S x B x K and `loss` S, the answers to its S batches in order.
    """
    answers = exchange.read_arrays(predictions)
    session = RecordingSession(list(zip(answers["loss"], answers["logits"])))
    with quiet(script):
        loss, accuracy, class_accuracy = script.eval_one_epoch(session, Operations(), Writer())
    result = {"loss": loss, "accuracy": accuracy, "class_accuracy": class_accuracy}
    exchange.write(out, dict(session.batches(), **result))


class Operations(dict):
    """Stands for a script's `ops`: every operation is its own name."""

    def __missing__(self, name):
        return name


class Writer(object):
    """Stands for a summary writer."""

    def add_summary(self, summary, step):
        pass


class RecordingSession(object):
    """Stands for a session: keeps what it is fed, and answers with given losses and logits."""

    def __init__(self, answers):
        self.answers = answers
        self.points, self.labels = [], []

    def run(self, fetches, feed_dict):
        index = len(self.points)
        self.points.append(np.array(feed_dict["pointclouds_pl"], np.float32))
        self.labels.append(np.array(feed_dict["labels_pl"]).astype(np.int32))
        batch_size = len(self.labels[-1])
        loss, logits = (
            (0.0, np.zeros((batch_size, 1))) if self.answers is None else self.answers[index]
        )
        known = {"loss": loss, "pred": logits, "step": index}
        return [known.get(name) for name in fetches]

    def batches(self):
        return {"points": np.stack(self.points), "labels": np.stack(self.labels)}


@contextlib.contextmanager
def quiet(script):
    """Let a script's log go nowhere."""
    log_string, script.log_string = script.log_string, lambda line: None
    try:
        yield
    finally:
        script.log_string = log_string
