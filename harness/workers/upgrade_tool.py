"""TensorFlow's own tf_upgrade_v2, in sorted order of files: its report becomes reproducible.

python -m harness.workers.upgrade_tool --intree A --outtree B --reportfile R

Notebooks, which the tool converts one by one but passes over in a tree, are converted as well, and
what it says of them is appended to the report.
"""

import os
import shutil
import sys

_walk = os.walk


def _sorted_walk(*args, **kwargs):
    for folder, folders, files in _walk(*args, **kwargs):
        folders.sort()
        yield folder, folders, sorted(files)


def _notebooks(tree):
    for folder, _, files in _sorted_walk(tree):
        for name in files:
            if name.endswith(".ipynb"):
                yield os.path.relpath(os.path.join(folder, name), tree)


def _convert_notebook(main, name, tree, out, report):
    target, said = os.path.join(out, name), report + ".notebook"
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    source = os.path.join(tree, name)
    sys.argv[1:] = ["--infile", source, "--outfile", target, "--reportfile", said]
    try:
        main()
        with open(said) as lines:
            _append(report, lines.read())
        os.remove(said)
    except Exception as error:  # a notebook that is no notebook fails in many ways
        shutil.copyfile(source, target)
        reason = "ERROR: Failed to parse.\n%s: %s" % (type(error).__name__, error)
        _append(report, "Processing file %r\n%s\n" % (source, reason))


def _append(path, text):
    with open(path, "a") as report:
        report.write(text)


if __name__ == "__main__":
    from tensorflow.tools.compatibility.tf_upgrade_v2_main import main

    os.walk = _sorted_walk
    main()
    _, _, tree, _, out, _, report = sys.argv[:7]
    for notebook in list(_notebooks(tree)):
        _convert_notebook(main, notebook, tree, out, report)
