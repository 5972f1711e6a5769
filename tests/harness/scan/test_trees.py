"""Trees as they are found: broken files are reported and do not stop the scan, and nothing runs."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from harness.scan import ScanError, program, scan

PLACEHOLDER = "import tensorflow as tf\nx = tf.compat.v1.placeholder(tf.float32)\n"
SHAPE = "    return x.get_shape()[0].value\n"


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def found(root: Path) -> set[tuple[str, int, str]]:
    return {(f.file, f.line, f.rule) for f in scan(root, jobs=1).findings}


def test_files_that_are_no_code_are_reported_and_the_rest_is_scanned(tmp_path: Path) -> None:
    write(tmp_path, good="import tensorflow as tf\nx = tf.mul(1, 2)\n", broken="def (:\n")
    (tmp_path / "latin.py").write_bytes(b"name = '\xe9'\n")
    (tmp_path / "nul.py").write_bytes(b"a = 1\x00\n")
    (tmp_path / "strange.py").write_bytes(b"# -*- coding: klingon -*-\n")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    assert found(tmp_path) == {
        ("good.py", 2, "name-gone"),
        ("broken.py", 1, "not-parsed"),
        ("latin.py", 1, "not-parsed"),
        ("nul.py", 1, "not-parsed"),
        ("strange.py", 1, "not-parsed"),
        ("gone.py", 1, "not-scanned"),
    }


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    write(tmp_path, a__b__code="import tensorflow as tf\ntf.mul(1, 2)\n")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    assert found(tmp_path) == {("a/b/code.py", 2, "name-gone"), ("a/b/up", 1, "not-scanned")}


def test_an_enormous_file_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LARGEST", 100)
    write(tmp_path, table="x = 1\n" * 100)
    assert found(tmp_path) == {("table.py", 1, "not-scanned")}


def test_deep_nesting_does_not_stop_it(tmp_path: Path) -> None:
    write(tmp_path, deep="x = " + "(" * 5000 + "1" + ")" * 5000 + "\n", other="import cPickle\n")
    rules = {(file, rule) for file, _, rule in found(tmp_path)}
    assert ("other.py", "module-gone") in rules
    assert ("deep.py", "not-parsed") in rules


def test_python_2_is_reported_line_by_line_and_read_on(tmp_path: Path) -> None:
    source = 'import tensorflow as tf\nprint "a"\ntry:\n    y = tf.mul(1, 2)\nexcept ValueError, e:\n    print e\n'  # noqa: E501
    write(tmp_path, old=source)
    assert found(tmp_path) == {
        ("old.py", 2, "python2-syntax"),
        ("old.py", 4, "name-gone"),
        ("old.py", 5, "python2-syntax"),
        ("old.py", 6, "python2-syntax"),
    }


def test_nothing_is_executed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    write(tmp_path, evil=f"open({str(trace)!r}, 'w').write('ran')\nimport os\nos.abort()\n")
    assert found(tmp_path) == set()
    assert not trace.exists()


def test_a_tree_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="nowhere: no such file or folder"):
        scan(tmp_path / "nowhere")


def test_a_kind_is_followed_through_imports_calls_and_attributes(tmp_path: Path) -> None:
    layers = "import tensorflow as tf\ndef bias():\n    b = tf.compat.v1.get_variable('b', [3])\n    return b\ndef rows(shape):\n    return shape[0].value\n"  # noqa: E501
    net = "from lib import layers\nclass Net:\n    def __init__(self, x):\n        self.b = layers.bias()\n        self.shape = x.get_shape()\n    def out(self):\n        b = self.b\n        b += 1\n        return layers.rows(self.shape)\nNet(None).out()\n"  # noqa: E501
    write(tmp_path, lib__layers=layers, lib____init__="", net=net)
    assert found(tmp_path) == {
        ("net.py", 8, "variable-in-place"),
        ("lib/layers.py", 6, "dimension-value"),
    }


def test_a_graph_is_known_wherever_the_code_is_called_from(tmp_path: Path) -> None:
    model = (
        "import tensorflow as tf\ndef inputs():\n    return tf.compat.v1.placeholder(tf.float32)\n"
    )
    main = "import tensorflow as tf\nimport model\nwith tf.Graph().as_default():\n    x = model.inputs()\n"  # noqa: E501
    write(tmp_path, model=model, main=main)
    assert found(tmp_path) == set()
    write(tmp_path, main="import model\nx = model.inputs()\n")
    assert found(tmp_path) == {("model.py", 3, "graph-only")}


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("pass", {"graph-only", "dimension-value", "variable-in-place"}),
        ("tf.compat.v1.disable_eager_execution()", {"dimension-value", "variable-in-place"}),
        ("tf.compat.v1.disable_v2_behavior()", set()),
    ],
)
def test_switches_of_version_2_behaviour_are_obeyed(tmp_path: Path, switch: str, expected) -> None:
    code = f"import tensorflow as tf\n{switch}\nx = tf.compat.v1.placeholder(tf.float32, [2])\nn = x.get_shape()[0].value\nv = tf.compat.v1.get_variable('v', [2])\nv += 1.0\n"  # noqa: E501
    write(tmp_path, code=code)
    assert {rule for _, _, rule in found(tmp_path)} == expected


def test_what_the_program_makes_up_for_is_passed(tmp_path: Path) -> None:
    code = "import sys\nimport numpy as np\nif sys.version_info[0] < 3:\n    text = unicode('a')\ntry:\n    kind = np.float\nexcept AttributeError:\n    kind = float\n"  # noqa: E501
    write(tmp_path, code=code)
    assert found(tmp_path) == set()


def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    for i in range(40):
        write(
            tmp_path,
            **{f"m{i}": f"import tensorflow as tf\nx = tf.ones([{i + 1}]).shape[0].value\n"},
        )
    alone, together = scan(tmp_path, jobs=1), scan(tmp_path, jobs=2)
    assert alone.findings == together.findings
    assert len(alone.findings) == 40


def test_a_thousand_lines_take_a_moment(tmp_path: Path) -> None:
    body = "def f{0}(x):\n    y = tf.ones([{0} + 1]) * x\n    if y is None:\n        return f{0}(x)\n    return [y + i for i in range({0})]\n"  # noqa: E501
    write(tmp_path, code="import tensorflow as tf\n" + "".join(body.format(i) for i in range(200)))
    start = time.process_time()
    scan(tmp_path, jobs=1)
    assert time.process_time() - start < 3


def test_a_method_does_not_see_the_names_of_its_class(tmp_path: Path) -> None:
    lib = "def moved(x):\n    return x\n"
    code = (
        "import numpy as np\nfrom lib import moved\n\n\nclass Case:\n    def moved(self):\n"
        "        return moved(np.ones(3)), self.weights\n\n\nCase().moved()\n"
    )
    write(tmp_path, lib=lib, code=code)
    assert found(tmp_path) == set()


def test_a_graph_entered_by_hand_is_entered(tmp_path: Path) -> None:
    code = (
        "import tensorflow as tf\n\ngraph = tf.Graph().as_default()\ngraph.__enter__()\n"
        "x = tf.compat.v1.placeholder(tf.float32)\n"
    )
    write(tmp_path, code=code)
    assert found(tmp_path) == set()


def test_a_branch_that_no_call_takes_is_walked(tmp_path: Path) -> None:
    code = "import numpy as np\ndef f(old=False):\n    if old:\n        return np.float\n    return 1\nf()\n"  # noqa: E501
    write(tmp_path, code=code)
    assert found(tmp_path) == {("code.py", 4, "name-gone")}


def test_what_is_passed_on_by_stars_is_followed(tmp_path: Path) -> None:
    code = (
        "import tensorflow as tf\n\n\nclass Scale(tf.keras.layers.Dense):\n"
        "    def __init__(self, *args, **kwargs):\n"
        "        super().__init__(*args, **kwargs)\n\n\nScale(3, {})\n"
    )
    write(tmp_path, code=code.format("name='a'"))
    assert found(tmp_path) == set()
    write(tmp_path, code=code.format("init='zeros'"))
    assert found(tmp_path) == {("code.py", 6, "call-signature")}


def test_a_name_that_a_package_no_longer_gives_away_is_missed(tmp_path: Path) -> None:
    code = "from tensorflow.keras.layers import *\nx = CuDNNLSTM(3)\ny = LSTM(3)\nz = mine\n"
    write(tmp_path, code=code + "def f():\n    global mine\n    mine = 1\n")
    assert found(tmp_path) == {("code.py", 2, "name-gone")}


def test_tf_variable_is_a_resource_whatever_is_switched_off(tmp_path: Path) -> None:
    code = (
        "import tensorflow as tf\ntf.compat.v1.disable_v2_behavior()\n"
        "a = tf.compat.v1.get_variable('a', [2])\na += 1.0\nb = tf.Variable(1.0)\nb += 1.0\n"
    )
    write(tmp_path, code=code)
    assert found(tmp_path) == {("code.py", 6, "variable-in-place")}


def test_eager_mode_is_on_in_what_a_program_leaves_uncalled(tmp_path: Path) -> None:
    lib = "import tensorflow as tf\ndef inputs():\n    return tf.compat.v1.placeholder(tf.int32)\n"
    main = (
        "import tensorflow as tf\nimport lib\n\ndef train():\n    with tf.Graph().as_default():\n"
        "        lib.inputs()\n\ndef check():\n    lib.inputs()\n\n"
        "if __name__ == '__main__':\n    train()\n"
    )
    write(tmp_path, lib=lib, main=main)
    assert found(tmp_path) == {("lib.py", 3, "graph-only")}
    write(tmp_path, main=main.replace("    lib.inputs()\n\nif", "    pass\n\nif"))
    assert found(tmp_path) == set()


def test_a_file_that_starts_a_session_in_its_own_statements_is_a_program(tmp_path: Path) -> None:
    demo = (
        "import tensorflow as tf\nsession = tf.compat.v1.InteractiveSession()\n\n"
        "def detect(x):\n    return tf.nn.relu(x).eval()\n"
    )
    write(tmp_path, demo=demo)
    assert found(tmp_path) == {("demo.py", 5, "graph-only")}
    write(tmp_path, other="import demo\n")
    assert found(tmp_path) == set()


def test_another_encoding_is_read_and_not_edited(tmp_path: Path) -> None:
    code = b"# -*- coding: latin-1 -*-\nimport numpy as np\nx = '\xe9', np.float\n"
    (tmp_path / "code.py").write_bytes(code)
    (finding,) = scan(tmp_path, jobs=1).findings
    assert (finding.line, finding.column, finding.edits) == (3, 10, ())


def test_code_that_nests_too_deep_is_reported_and_the_rest_is_scanned(tmp_path: Path) -> None:
    write(tmp_path, deep="import os\nx = os" + ".a" * 900 + "\n", other="import cPickle\n")
    assert found(tmp_path) == {("deep.py", 1, "not-scanned"), ("other.py", 1, "module-gone")}


def test_classes_that_share_a_name_do_not_end_the_scan(tmp_path: Path) -> None:
    code = "import tensorflow as tf\nopt = tf.compat.v1.train.SyncReplicasOptimizer(None, 1)\nopt.minimize(None)\nf = tf.io.FixedLenFeature([], tf.int64)\nf.shape\n"  # noqa: E501
    write(tmp_path, code=code)
    assert ("code.py", 1, "not-scanned") not in found(tmp_path)


def test_a_notebook_is_read_by_its_cells(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A net"]},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "import tensorflow as tf\n", "!ls"],
        },
        {"cell_type": "code", "source": "%%bash\nprint 'not python'"},
        {
            "cell_type": "code",
            "source": ["n = !nproc\n", "for i in range(2):\n", "    tf.mul(i, i)"],
        },
    ]
    (tmp_path / "net.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    (tmp_path / "other.ipynb").write_text("[]")
    findings = scan(tmp_path, jobs=1).findings
    assert [(f.file, f.cell, f.line, f.rule) for f in findings] == [
        ("net.ipynb", 4, 3, "name-gone"),
        ("other.ipynb", 0, 1, "not-scanned"),
    ]
    assert findings[0].place == "net.ipynb:cell 4:3:5"
    assert findings[0].edits == ()


def test_every_case_of_a_match_is_walked(tmp_path: Path) -> None:
    code = (
        "import numpy as np\n\n\ndef kind(name):\n    match name:\n        case 'f':\n"
        "            return np.float\n        case other:\n            found = other\n"
    )
    write(tmp_path, code=code)
    assert found(tmp_path) == {("code.py", 7, "name-gone")}


def test_what_a_named_tuple_holds_is_followed(tmp_path: Path) -> None:
    code = (
        "import collections\nimport tensorflow as tf\n\n"
        "Net = collections.namedtuple('Net', 'x, y')\n"
        "net = Net(y=1, x=tf.constant(1.0))\nfeed = {net.x: 1.0}\n"
    )
    write(tmp_path, code=code)
    assert found(tmp_path) == {("code.py", 6, "graph-only")}


def test_libraries_that_are_not_installed_are_known_by_what_they_lost(tmp_path: Path) -> None:
    code = (
        "import cv2\nimport gym\nimport pandas as pd\nimport yaml\n\n"
        "_, contours, _ = cv2.findContours(None, 1, 2)\nconfig = yaml.load(open('a'))\n"
        "frame = pd.read_csv('a.csv', error_bad_lines=False)\npanel = pd.Panel({})\n"
        "first = frame.ix[0]\nenv = gym.make('CartPole-v0')\nenv.seed(0)\n"
        "state, reward, done, _ = env.step(0)\n"
        "contours, _ = cv2.findContours(None, 1, 2)\nconfig = yaml.load(open('a'), yaml.Loader)\n"
        "frame = pd.read_csv('a.csv', sep=';')\nfirst = frame.loc[0]\n"
    )
    write(tmp_path, code=code)
    assert {(line, rule) for _, line, rule in found(tmp_path)} == {
        (6, "call-signature"),
        (7, "call-signature"),
        (8, "call-signature"),
        (9, "name-gone"),
        (10, "member-gone"),
        (12, "name-gone"),
        (13, "call-signature"),
    }
