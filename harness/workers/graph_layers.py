"""What can be read off a TensorFlow graph: what depends on what, layer by layer, and settings."""

import re

_WEIGHTS_ROOTS = ("VariableV2", "VarHandleOp", "Variable", "Const")
_RANDOM = re.compile(r"^(Stateless)?(Random|TruncatedNormal|Multinomial|ParameterizedTruncated)")
_APPLY = re.compile(r"^(Resource)?(Sparse)?Apply[A-Z]")


def ancestors(tensors):
    """Operations that these tensors or operations are computed from, themselves included."""
    seen, left = set(), [getattr(t, "op", t) for t in tensors]
    while left:
        op = left.pop()
        if op not in seen:
            seen.add(op)
            left.extend(tensor.op for tensor in op.inputs)
            left.extend(op.control_inputs)
    return seen


def descendants(tensors):
    """Operations that are computed from these tensors."""
    seen, left = set(), list(tensors)
    while left:
        for op in left.pop().consumers():
            if op not in seen:
                seen.add(op)
                left.extend(op.outputs)
    return seen


def random_operations(tensors):
    """Names of the operations that draw random numbers for these tensors."""
    return sorted(op.name for op in ancestors(tensors) if _RANDOM.match(op.type))


def unfed_placeholders(tensors, fed):
    """Names of the placeholders that these tensors need and that are not fed."""
    known = {tensor.op for tensor in fed}
    return sorted(op.name for op in ancestors_until(tensors, known) if op.type == "Placeholder")


def ancestors_until(tensors, known):
    """Operations that these tensors are computed from, when the known ones are given."""
    seen, left = set(), [getattr(t, "op", t) for t in tensors]
    while left:
        op = left.pop()
        if op not in seen and op not in known:
            seen.add(op)
            left.extend(tensor.op for tensor in op.inputs)
            left.extend(op.control_inputs)
    return seen


def scope_of(name):
    """The scope of a parameter."""
    return name.rpartition("/")[0]


def segments(graph, inputs, outputs, weights, batch):
    """The tensors that each layer computes, up to where the next one begins.

    A layer is a scope that has parameters. Its tensors are those in the order in which the graph
    was built: from the last one of its scope on, pooling and activation included if they follow
    before another layer begins. What lies inside a loop cannot be looked at.

    Arguments:
        inputs, outputs: the network's tensors.
        weights: names of the parameters.
        batch: examples in a batch.

    Returns:
        List of (scope, tensors) in the order of computation.
    """
    path = ancestors(outputs) & descendants(inputs)
    # A scope inside another (conv1/BatchNorm in conv1) is a layer of its own.
    scopes = sorted({scope_of(name) for name in weights} - {""}, key=len, reverse=True)
    layers, current, hidden = {}, "", conditional(graph)
    for op in graph.get_operations():
        if op not in path:
            continue
        name = outside_loop(op.name)
        scope = next((s for s in scopes if name.startswith(s + "/")), None)
        # conv1/Relu after conv1/BatchNorm: the outer scope follows the inner one, as a layer does.
        if scope is not None and not current.startswith(scope + "/"):
            current = scope
            layers[current] = []
        if current and op not in hidden:
            layers[current].extend(t for t in op.outputs if _visible(t, op, batch))
    return [(scope, tensors) for scope, tensors in layers.items() if tensors]


def conditional(graph):
    """Operations inside a branch or a loop, which need not run when the graph does.

    Read off the graph itself: of an imported one, Python remembers no control flow. Every tensor
    carries the branches and loops that it is in; where branches merge, what they share is left.
    """
    inside, hidden = {}, set()
    for op in graph.get_operations():
        given = [inside.get(tensor, frozenset()) for tensor in op.inputs]
        here = frozenset().union(*given)
        for control in op.control_inputs:
            here |= inside.get(control, frozenset())
        loops = any(tensor.op.type in ("Enter", "RefEnter") for tensor in op.inputs)
        if op.type in ("Merge", "RefMerge") and not loops:
            here = frozenset.intersection(*given)
        elif op.type in ("Enter", "RefEnter"):
            here |= {op.get_attr("frame_name")}
        elif op.type in ("Exit", "RefExit"):
            here = frozenset(place for place in here if not isinstance(place, (bytes, str)))
        for index, tensor in enumerate(op.outputs):
            branch = {(op.inputs[1], index)} if op.type in ("Switch", "RefSwitch") else set()
            inside[tensor] = here | branch
        inside[op] = here
        if here or op.type in ("Switch", "RefSwitch"):
            hidden.add(op)
    return hidden


def _visible(tensor, op, batch):
    """Whether a tensor is an activation of the batch that can be fetched."""
    if not tensor.dtype.is_floating or not op.graph.is_fetchable(op):
        return False
    size = tensor.shape.num_elements() if tensor.shape.ndims is not None else None
    return size is None or size >= batch


def applied(train_op):
    """What a train op does to which variable.

    Returns:
        Dictionary from the variable's operation name to {argument of the operation: tensor}:
        `var`, `grad` or `delta`, slots by the name that the kernel gives them.
    """
    found = {}
    for op in ancestors([train_op]):
        if _APPLY.match(op.type) and "Sparse" not in op.type:
            arguments = [a.name for a in op.op_def.input_arg]
            tensors = dict(zip(arguments, op.inputs))
            gradient = tensors.get("grad", tensors.get("delta"))
            if gradient is not None and "var" in tensors:
                found[_root(tensors["var"]).name] = dict(tensors, grad=gradient)
    return found


def _root(tensor):
    """The variable's operation behind a handle, a reference, or a copy of it."""
    op = tensor.op
    while op.type not in _WEIGHTS_ROOTS and op.inputs:
        op = op.inputs[0].op
    return op


def root_name(tensor):
    """The name of the variable behind a tensor."""
    return _root(tensor).name


def forget_biases(graph, weights):
    """What the LSTM cells of a graph add to their forget gates, by the cell's scope.

    The cells split their gates in four and add a constant to the third.
    """
    found = {}
    splits = [op for op in graph.get_operations() if op.type == "Split" and len(op.outputs) == 4]
    for scope in {scope_of(name) for name in weights} - {""}:
        for op in splits:
            if "/%s/" % scope not in "/" + outside_loop(op.name):
                continue
            for consumer in op.outputs[2].consumers():
                for tensor in consumer.inputs:
                    value = _constant(tensor)
                    if consumer.type in ("Add", "AddV2") and value is not None:
                        found[scope] = value
    return found


def outside_loop(name):
    """An operation's name without the loop that it is in: its layer is called so."""
    return name.replace("/while/", "/")


def _constant(tensor):
    """The value of a scalar constant, also of one that enters a loop; None for anything else."""
    from tensorflow.python.framework import tensor_util

    op = tensor.op
    while op.type in ("Enter", "Identity", "Cast") and op.inputs:
        op = op.inputs[0].op
    if op.type != "Const":
        return None
    value = tensor_util.MakeNdarray(op.get_attr("value"))
    return float(value) if value.size == 1 else None


def settings(graph, weights, layers):
    """What is set layer by layer, in the words of Keras, as far as a graph shows it.

    Arguments:
        weights: names of the parameters.
        layers: what `segments` gave.

    Returns:
        Dictionary by scope: `strides`, `padding`, `epsilon`, `momentum`, `moving_variance`,
        `pooling`.
    """
    scopes = sorted({scope_of(name) for name in weights} - {""}, key=len, reverse=True)
    found = {scope: {} for scope in scopes}
    for op in graph.get_operations():
        scope = next((s for s in scopes if op.name.startswith(s + "/")), None)
        if op.type in ("AssignSub", "AssignSubVariableOp"):
            variable, momentum = _root(op.inputs[0]).name, _momentum(op.inputs[1])
            if scope_of(variable) in found and momentum is not None:
                found[scope_of(variable)]["momentum"] = momentum
        elif scope is not None and op.type in ("Conv2D", "DepthwiseConv2dNative"):
            found[scope]["strides"] = [int(s) for s in op.get_attr("strides")[1:3]]
            found[scope]["padding"] = op.get_attr("padding").decode().lower()
        elif scope is not None and op.type.startswith("FusedBatchNorm") and "Grad" not in op.type:
            found[scope]["epsilon"] = round(op.get_attr("epsilon"), 9)
            if op.get_attr("is_training"):
                found[scope]["moving_variance"] = "unbiased"
        elif scope is not None and "unbiased_variance" in op.name:  # of `deep_lifting`
            found[scope]["moving_variance"] = "unbiased"
        elif scope is not None and op.type == "Rsqrt" and op.inputs[0].op.type in ("Add", "AddV2"):
            values = [_constant(tensor) for tensor in op.inputs[0].op.inputs]
            for value in values:
                if value is not None and "gradients" not in op.name:
                    found[scope]["epsilon"] = round(value, 9)
    for scope, tensors in layers:
        pools = [t.op for t in tensors if t.op.type in ("MaxPool", "AvgPool")]
        found[scope]["pooling"] = [_pooling(op) for op in pools]
    return found


def _momentum(moved):
    """Of `average -= (average - value) * (1 - momentum)`."""
    if moved.op.type != "Mul":
        return None
    for tensor in moved.op.inputs:
        op = tensor.op
        if op.type == "Sub" and _constant(op.inputs[0]) == 1.0:
            kept = _constants(op.inputs[1])
            # One is the momentum of who is not training.
            kept = [value for value in kept if value != 1.0]
            if len(kept) == 1:
                return round(kept[0], 9)
        elif _constant(tensor) is not None:
            return round(1.0 - _constant(tensor), 9)
    return None


def _constants(tensor):
    """The values that a scalar may have: one, or one for each branch of a condition."""
    if tensor.op.type == "Merge":
        return [value for branch in tensor.op.inputs for value in _constants(branch)]
    value = _constant(tensor)
    return [] if value is None else [value]


def _pooling(op):
    size, strides = op.get_attr("ksize"), op.get_attr("strides")
    kind = {"MaxPool": "max", "AvgPool": "average"}[op.type]
    return pooling(kind, size[1:3], strides[1:3], op.get_attr("padding").decode())


def pooling(kind, size, strides, padding):
    """A pooling in words, the same from a graph and from Keras."""
    shapes = ["x".join(str(int(n)) for n in axes) for axes in (size, strides)]
    return "%s %s by %s, %s" % (kind, shapes[0], shapes[1], padding.lower())
