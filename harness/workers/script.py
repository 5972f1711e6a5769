"""Runs a TF1-style script as `python SCRIPT` would, unmodified, on TensorFlow 2's compat.v1.

python -m harness.workers.script SCRIPT [ARGUMENT ...]
"""

import os
import runpy
import sys

from harness.workers.sources import tensorflow_namespace


def main(path):
    actual = tensorflow_namespace("tf2", float64=False)
    namespace = tensorflow_namespace("compat", float64=False)
    namespace.__path__ = actual.__path__  # TensorFlow imports parts of itself as it goes
    sys.modules["tensorflow"] = namespace
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    del sys.argv[0]
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])
