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
    exchange.write(out, {"rotated": rotated, "jittered": jittered.astype(np.float32)})


# By task: the program whose evaluation is judged, whether it wants a summary writer, and what it
# returns.
JUDGES = {
    "classification": ("train", True, ("loss", "accuracy", "class_accuracy")),
    "parts": ("evaluate_part_seg", False, ("accuracy", "shape_iou", "category_iou")),
    "scenes": ("evaluate_sem_seg", False, ("loss", "accuracy", "mean_iou")),
}


def epoch(script, draws, out):
    """The batches of one training epoch, as the program would feed them.

    The draws are those of one epoch: `files` (order of the files, where there are several),
    `clouds/<i>` (order within the i-th file opened), and where it augments, `uniform` S x B and
    `normal` S x B x N x 3 for the S batches.
    """
    draws = exchange.read_arrays(draws)
    orders = [draws["files"]] if "files" in draws else []
    orders += [draws["clouds/%d" % i] for i in range(len(orders[0]) if orders else 1)]
    session = RecordingSession(None)
    uniform, normal = draws.get("uniform", np.zeros(0)), draws.get("normal", ())
    with quiet(script), scripted_draws(uniform.ravel(), normal, orders):
        script.train_one_epoch(session, Operations(), Writer())
    exchange.write(out, session.batches())


def metrics(script, task, predictions, out):
    """What the program's evaluation makes of given answers, by the names in `JUDGES`.

    The file holds `logits`, S x B x K or S x B x N x K, and `loss`, S: the answers to its S batches
    in order.
    """
    answers = exchange.read_arrays(predictions)
    session = RecordingSession(list(zip(answers["loss"], answers["logits"])))
    _, writes, names = JUDGES[task]
    with quiet(script):
        values = script.eval_one_epoch(session, Operations(), *[Writer()][: int(writes)])
    exchange.write(out, dict(session.batches(), **dict(zip(names, values))))


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
        self.fed = []

    def run(self, fetches, feed_dict):
        index = len(self.fed)
        # A placeholder rounds what it is fed.
        self.fed.append(
            {
                name: np.array(array, np.float32 if name == "pointclouds_pl" else np.int32)
                for name, array in feed_dict.items()
                if name in _FED
            }
        )
        if self.answers is None:
            loss, logits = 0.0, np.zeros(np.shape(self.fed[-1][self._target()]) + (1,))
        else:
            loss, logits = self.answers[index]
        known = {"loss": loss, "pred": logits, "step": index}
        if isinstance(fetches, list):
            return [known.get(name) for name in fetches]
        return known[fetches]

    def _target(self):
        return "seg_pl" if "seg_pl" in self.fed[-1] else "labels_pl"

    def batches(self):
        """All that was fed, by the names of a batch file, an axis of steps in front."""
        stacked = {name: np.stack([fed[name] for fed in self.fed]) for name in self.fed[-1]}
        if "seg_pl" in stacked and "labels_pl" in stacked:
            stacked["category_pl"] = stacked.pop("labels_pl")
        return {_FED[name]: array for name, array in stacked.items()}


# Names of placeholders, by those of a batch file; parts are labels where there are any.
_FED = {
    "pointclouds_pl": "points", "labels_pl": "labels", "seg_pl": "labels",
    "category_pl": "category",
}  # fmt: skip


@contextlib.contextmanager
def quiet(script):
    """Let a script's log go nowhere."""
    log_string, script.log_string = script.log_string, lambda line: None
    try:
        yield
    finally:
        script.log_string = log_string
