"""Scripts in the TensorFlow 1.x style, run unmodified on TensorFlow 2's compat.v1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.runtimes import RUNTIMES, command_environment

SCRIPT = """
import os, sys
import tensorflow as tf
import sibling

assert __name__ == '__main__'
with tf.Session() as session:
    x = tf.placeholder(tf.float32, (2, 3))
    w = tf.get_variable('w', [3, 1], initializer=tf.contrib.layers.xavier_initializer())
    assert x.get_shape()[1].value == 3  # an int has no value
    session.run(tf.global_variables_initializer())
    print(session.run(tf.matmul(x, w), {x: [[0, 0, 0]] * 2}).tolist())
print(sys.argv[1:], os.path.basename(sys.argv[0]), sibling.NAME)
sys.exit(3)
"""


def test_a_script_runs_as_by_itself(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(SCRIPT)
    (tmp_path / "sibling.py").write_text("NAME = 'found'\n")
    command = [sys.executable, "-m", "harness.workers.script", str(tmp_path / "old.py")]
    environment = command_environment(RUNTIMES["compat"])
    run = subprocess.run([*command, "--rate", "7"], capture_output=True, text=True, env=environment)
    assert run.returncode == 3, run.stderr
    assert run.stdout.splitlines() == ["[[0.0], [0.0]]", "['--rate', '7'] old.py found"]
