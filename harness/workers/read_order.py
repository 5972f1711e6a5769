"""What two reads around an assignment see: in TensorFlow 1's graph, and in TensorFlow 2's lines.

python -m harness.workers.read_order REPEATS

Prints one JSON object: the version, and the pairs of values that the two reads gave. Nothing but
the order of lines says which read comes first. TensorFlow 1 runs a graph, in which lines have no
order: whichever of the three happens to be late, the pair changes. TensorFlow 2 runs lines, eagerly
or as a tf.function that keeps their order.
"""

import json
import sys
import time

import tensorflow as tf

# Which of the operations come late, as they do when what they wait for takes long.
SCHEDULES = ((), ("assign",), ("first", "assign"), ("assign", "second"), ("first",))
DELAY = 0.02  # seconds


def _late(names):
    """Seconds by which each operation comes late, the last named by most."""
    return {name: DELAY * (i + 1) for i, name in enumerate(names)}


def in_a_graph(late):
    """Read, assign, read, as TensorFlow 1 had it written."""

    def after(name):
        seconds = late.get(name, 0.0)
        return tf.control_dependencies([tf.py_func(lambda: _sleep(seconds), [], tf.float32)])

    with tf.Graph().as_default():
        v = tf.get_variable("v", shape=(), initializer=tf.constant_initializer(1.0))
        with after("first"):
            first = v + 0.0
        with after("assign"):
            assign = tf.assign(v, 2.0)
        with after("second"):
            second = v + 0.0
        with tf.Session() as session:
            session.run(v.initializer)
            return session.run([first, second, assign])[:2]


def line_by_line(late, function):
    """The same lines in TensorFlow 2, eagerly or as a function."""
    v = tf.Variable(1.0)

    def wait(name):
        tf.numpy_function(lambda: _sleep(late.get(name, 0.0)), [], tf.float32)

    def lines():
        wait("first")
        first = v + 0.0
        wait("assign")
        v.assign(2.0)
        wait("second")
        second = v + 0.0
        return first, second

    return (tf.function(lines) if function else lines)()


def _sleep(seconds):
    import numpy

    time.sleep(seconds)
    return numpy.float32(0)


def main(repeats):
    pairs = set()
    for _ in range(repeats):
        for schedule in SCHEDULES:
            if tf.__version__.startswith("1."):
                found = [in_a_graph(_late(schedule))]
            else:
                found = [line_by_line(_late(schedule), function) for function in (False, True)]
            pairs.update((int(one), int(two)) for one, two in found)
    print(json.dumps({"version": tf.__version__, "pairs": sorted(pairs)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
