"""Calls code that is not ours, and says in one line where and how it failed."""

import contextlib
import importlib
import os
import sys
import traceback

from harness.workers.protocol import RequestError


@contextlib.contextmanager
def blamed(folder, what):
    """Turns whatever a user's code raises into a refusal.

    Arguments:
        folder: of the user's code: the innermost line in it is the one to name.
        what: is being done, "original:build".
    """
    try:
        yield
    except RequestError:
        raise
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        raise RequestError("%s: %s" % (what, told(error, folder)))


def told(error, folder):
    """An exception in one line: the user's line it comes from, its type and its last words."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [f for f in frames if os.path.abspath(f.filename).startswith(folder + os.sep)]
    where = ""
    if isinstance(error, SyntaxError) and error.filename:
        where = "%s:%s: " % (os.path.basename(error.filename), error.lineno)
        return "%s%s: %s" % (where, type(error).__name__, error.msg)
    if inside:
        frame = inside[-1]
        where = "%s:%d, in %s: " % (
            os.path.relpath(frame.filename, folder),
            frame.lineno,
            frame.name,
        )
    if isinstance(error, SystemExit):
        return "%sit ends the process (exit %s); guard its main part by __name__" % (
            where,
            error.code,
        )
    lines = [line.strip() for line in str(error).strip().split("\n") if line.strip()]
    said = lines[0] if lines else "no message"
    return "%s%s: %s" % (where, type(error).__name__, said[:300])


def load(name, folder, importer=importlib.import_module):
    """The module, or the function of it, that `module` or `module:function` names.

    Arguments:
        importer: imports a module by name.

    Raises:
        RequestError: there is none, or its import fails.
    """
    module_name, _, function = name.partition(":")
    # A script that reads its command line finds none of ours.
    sys.argv = [module_name]
    with blamed(folder, "importing %s" % module_name):
        try:
            module = importer(module_name)
        except ImportError as error:
            if getattr(error, "name", None) == module_name.split(".")[0]:
                raise RequestError("no module %s in %s" % (module_name, folder))
            raise
    if not function:
        return module
    found = getattr(module, function, None)
    if not callable(found):
        raise RequestError("module %s has no function %s" % (module_name, function))
    return found
