"""Runs example files statement by statement on the TensorFlow that is installed.

python run_examples.py FILE...

Prints, a JSON line a file, the lines of the statements that raised, and with what. Our own
examples: the scan itself never runs anything.
"""

import ast
import json
import sys
from pathlib import Path


def raising(path: Path) -> dict[int, str]:
    """First line of each top-level statement that raises -> the exception's name."""
    source = path.read_text()
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        return {error.lineno or 1: "SyntaxError"}
    names = {"__name__": "example", "__file__": str(path)}
    found = {}
    for statement in body:
        code = compile(ast.Module([statement], []), str(path), "exec")
        try:
            exec(code, names)
        except Exception as error:
            found[statement.lineno] = type(error).__name__
    return found


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps({"file": name, "raised": raising(Path(name))}), flush=True)
