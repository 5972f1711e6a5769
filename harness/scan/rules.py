"""The rules, by id: what is wrong, why, and what to do."""

from __future__ import annotations

from harness.scan.findings import Rule

RULES = {
    rule.key: rule
    for rule in (
        Rule(
            "not-parsed",
            "fatal",
            "a file that Python cannot read",
            "What does not parse is neither converted nor run.",
            "Mend the file, then convert and scan again.",
        ),
        Rule(
            "not-scanned",
            "cosmetic",
            "a file or folder that was passed over",
            "The scan does not follow links in a circle nor read generated megabytes.",
            "Look at it yourself, or scan it alone.",
        ),
        Rule(
            "python2-syntax",
            "fatal",
            "Python 2 syntax",
            "Python 3 refuses the whole file, and tf_upgrade_v2 leaves it unconverted.",
            "Rewrite the statement; --fix does it. Then run tf_upgrade_v2 again: the rest of the "
            "file is still TensorFlow 1.",
        ),
        Rule(
            "python2-name",
            "fatal",
            "a builtin of Python 2",
            "Python 3 has no such builtin: NameError where the line is reached.",
            "Use what took its place.",
        ),
        Rule(
            "python2-sequence",
            "fatal",
            "a list in Python 2, none in Python 3",
            "range, map, filter, zip and the views of a dict are lazy objects: they cannot be "
            "added, indexed, sorted, measured or shuffled.",
            "Wrap it in list(...).",
        ),
        Rule(
            "array-of-lazy",
            "silent",
            "an array of a map, a filter, a zip or a view",
            "np.array of a lazy object has no dimension and holds the object; in Python 2 it was "
            "an array of numbers. What is done with it next fails, or compares objects.",
            "Wrap it in list(...); --fix does it.",
        ),
        Rule(
            "ragged-array",
            "fatal",
            "an array of rows that differ",
            "NumPy used to make an array of objects of entries with different shapes; since 1.24 "
            "it refuses: ValueError.",
            "Pad the rows, or pass dtype=object.",
        ),
        Rule(
            "array-as-number",
            "fatal",
            "an array where a number is needed",
            "An array of one entry was as good as the number in it; since NumPy 2.4 only one "
            "without dimensions is: TypeError, or ValueError where it is stored.",
            "Take the entry: array[0], or array.item().",
        ),
        Rule(
            "python2-order",
            "fatal",
            "an order between kinds that have none",
            "Python 2 ordered None, numbers and text somehow; Python 3 raises TypeError.",
            "Compare like with like; say what None means.",
        ),
        Rule(
            "python2-division",
            "fatal",
            "a quotient where an integer is needed",
            "/ gives a float in Python 3, which is neither an index, a length nor a count.",
            "Divide with //.",
        ),
        Rule(
            "python2-bytes",
            "fatal",
            "bytes and text mixed",
            "A file opened in binary mode gives and takes bytes, one in text mode text; Python 3 "
            "does not convert between them.",
            "Open the file in the other mode, or encode and decode.",
        ),
        Rule(
            "python2-iterator",
            "fatal",
            "an iterator of Python 2's protocol",
            "Python 3 asks for __next__, and its iterators have no next method.",
            "Call next(iterator); name the method __next__.",
        ),
        Rule(
            "floor-division",
            "silent",
            "a quotient of integers that used to be rounded down",
            "7 / 2 was 3 in Python 2 and is 3.5 in Python 3.",
            "Divide with //.",
        ),
        Rule(
            "lazy-map",
            "silent",
            "a map that nobody consumes",
            "map is lazy in Python 3: the function is never called.",
            "Write a loop.",
        ),
        Rule(
            "module-gone",
            "fatal",
            "an import of what is gone",
            "The module was renamed or removed since; the import raises ImportError.",
            "Import what took its place.",
        ),
        Rule(
            "name-gone",
            "fatal",
            "a name that the installed package does not have",
            "It was removed, or never existed there: AttributeError where the line is reached.",
            "Use what took its place; where tf_upgrade_v2 knows it, --fix writes it.",
        ),
        Rule(
            "contrib",
            "fatal",
            "tf.contrib",
            "TensorFlow 2 was released without contrib.",
            "tf-slim has slim, layers and losses; the rest went to core, to TensorFlow Addons, or "
            "nowhere.",
        ),
        Rule(
            "keras3-gone",
            "fatal",
            "a layer or cell that Keras 3 took away",
            "TensorFlow 2.16 and later bring Keras 3, which has no tf.compat.v1.layers and no "
            "rnn_cell: AttributeError '... is not available with Keras 3'.",
            "Use tf.keras.layers, or write the layer with get_variable; beware of other defaults.",
        ),
        Rule(
            "member-gone",
            "fatal",
            "a method or attribute that the object does not have",
            "The class lost it, or gives another class now: AttributeError.",
            "Use what took its place.",
        ),
        Rule(
            "call-signature",
            "fatal",
            "arguments that the function does not take",
            "Parameters were renamed, reordered or removed: TypeError.",
            "Pass the arguments by the names that the function has now.",
        ),
        Rule(
            "dropout-noise-shape",
            "fatal",
            "dropout given its rate twice",
            "tf_upgrade_v2 writes rate=1 - keep_prob and leaves the noise shape in the second "
            "place, which in TensorFlow 2 is the rate: TypeError.",
            "Pass noise_shape and seed by keyword.",
        ),
        Rule(
            "dimension-value",
            "fatal",
            ".value of an entry of a shape",
            "In TensorFlow 2 an entry of a TensorShape is an int or None, no longer a Dimension.",
            "Leave .value out.",
        ),
        Rule(
            "unknown-dimension",
            "fatal",
            "arithmetic with an unknown dimension",
            "An unknown entry of a shape is None in TensorFlow 2, and no Dimension(None) that "
            "takes part in arithmetic.",
            "Use tf.shape(x)[i].",
        ),
        Rule(
            "variable-in-place",
            "fatal",
            "an in-place operator on a variable",
            "Resource variables, which TensorFlow 2 makes, refuse += and its kin: RuntimeError. In "
            "TensorFlow 1 the name was bound to a new tensor.",
            "Write x = x + y for a new tensor, x.assign_add(y) to change the variable.",
        ),
        Rule(
            "variable-initial-value",
            "fatal",
            "initialized_value of a resource variable",
            "The method is not implemented any more: NotImplementedError.",
            "Use the variable, or its initial_value.",
        ),
        Rule(
            "graph-only",
            "fatal",
            "a graph's function in eager mode",
            "TensorFlow 2 executes eagerly unless told otherwise, and the function refuses to.",
            "Call tf.compat.v1.disable_eager_execution() (or disable_v2_behavior()) before "
            "anything else, or build inside `with tf.Graph().as_default():`.",
        ),
        Rule(
            "session-without-graph",
            "fatal",
            "a session with nothing to run",
            "What was built in eager mode is in no graph: 'The Session graph is empty', or a fetch "
            "that is no element of it.",
            "Call tf.compat.v1.disable_eager_execution() (or disable_v2_behavior()) first.",
        ),
        Rule(
            "eager-in-graph",
            "fatal",
            "an eager tensor or variable in a graph",
            "What was made in eager mode, before the graph or the session was entered, is no part "
            "of it: 'Attempting to capture an EagerTensor without building a function'.",
            "Make it inside the graph, or call tf.compat.v1.disable_eager_execution() first.",
        ),
        Rule(
            "summary-merged-none",
            "fatal",
            "the merged summary of nothing",
            "tf.summary.scalar and its kin add nothing to the graph's collection in TensorFlow 2, "
            "so that merge_all gives None, which a session does not fetch: TypeError.",
            "Write tf.compat.v1.summary.scalar, and so on; --fix does it.",
        ),
        Rule(
            "summary-v2",
            "silent",
            "a summary of TensorFlow 2 in a graph",
            "tf_upgrade_v2 leaves tf.summary.scalar and its kin as they stand; in TensorFlow 2 "
            "they write to a default writer, of which a graph has none. Nothing is logged.",
            "Write tf.compat.v1.summary.scalar, and so on; --fix does it.",
        ),
        Rule(
            "image-resize",
            "silent",
            "an image resized by another rule",
            "tf.image.resize puts pixel centres at half integers; TensorFlow 1's resize functions, "
            "which tf_upgrade_v2 turns into it, did not.",
            "Use tf.compat.v1.image.resize_bilinear (or its kin) to keep the numbers.",
        ),
        Rule(
            "tombstone",
            "fatal",
            "a name that is left only to say that it is gone",
            "Keras 3 keeps a few names of Keras 2, tf.keras.optimizers.legacy among them, into "
            "which tf_upgrade_v2 turns tf.keras.optimizers: calling one raises.",
            "Use what took its place.",
        ),
        Rule(
            "read-only",
            "fatal",
            "an attribute that cannot be set",
            "Layers, models and optimisers of Keras 3 have properties of that name without a "
            "setter, metrics, losses, input and iterations among them: AttributeError.",
            "Give the attribute another name.",
        ),
        Rule(
            "keras-tensor",
            "fatal",
            "a symbolic tensor of Keras 3 in a function of TensorFlow",
            "What keras.Input and a layer called on it give is a KerasTensor, which only layers "
            "and keras.ops take; tf.* and tf.keras.backend refuse it: ValueError.",
            "Use keras.ops, or move the computation into a layer's call.",
        ),
        Rule(
            "keras-metric-name",
            "fatal",
            "a metric by the name that Keras 2 gave it",
            "metrics=['accuracy'] was logged as acc and val_acc; since TensorFlow 2 it is accuracy "
            "and val_accuracy: KeyError, or a callback that never sees what it watches.",
            "Use the full name, in logs, history and monitor.",
        ),
        Rule(
            "keras-saved-name",
            "fatal",
            "a file name that Keras 3 refuses",
            "Keras 3 saves models as .keras or .h5 and weights as .weights.h5 only: ValueError.",
            "Give the name its suffix, or export the SavedModel with model.export.",
        ),
        Rule(
            "load-allow-pickle",
            "fatal",
            "np.load of an object array",
            "Since NumPy 1.16.3 pickles are refused unless allow_pickle=True: ValueError.",
            "Pass allow_pickle=True for a file that you trust.",
        ),
        Rule(
            "file-mode",
            "silent",
            "an HDF5 file opened without a mode",
            "h5py 3 opens for reading where h5py 2 opened for appending, and made the file.",
            "Say the mode.",
        ),
        Rule(
            "flags-parsed",
            "fatal",
            "the insides of TensorFlow 1's flags",
            "tf.compat.v1.flags is absl's, and has no _parse_flags: AttributeError.",
            "Leave the call out under tf.compat.v1.app.run, or call FLAGS(sys.argv).",
        ),
    )
}
