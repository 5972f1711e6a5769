"""TensorFlow's own tf_upgrade_v2, in sorted order of files: its report becomes reproducible.

python -m harness.workers.upgrade_tool --intree A --outtree B --reportfile R
"""

import os

_walk = os.walk


def _sorted_walk(*args, **kwargs):
    for folder, folders, files in _walk(*args, **kwargs):
        folders.sort()
        yield folder, folders, sorted(files)


if __name__ == "__main__":
    from tensorflow.tools.compatibility.tf_upgrade_v2_main import main

    os.walk = _sorted_walk
    main()
