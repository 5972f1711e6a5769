"""A fast layer on a batch that two JAX devices share: prints what its gradient sends between them.

Started by `test_distribution.py`, with two devices on the CPU.
"""

import json
import re

import jax
import keras
import numpy as np

from tf2_native.layers import SharedMLPMax

CLOUDS, POINTS = 4, 16

with keras.distribution.DataParallel(devices=keras.distribution.list_devices()).scope():
    distribution = keras.distribution.distribution()
    layer = SharedMLPMax(8)
    layer.build((CLOUDS, POINTS, 3))
    variables = [[v.value for v in layer.trainable_variables]]
    variables.append([v.value for v in layer.non_trainable_variables])

    def loss(trainable, points):
        maxima, _ = layer.stateless_call(trainable, variables[1], points, training=True)
        return keras.ops.sum(maxima * keras.ops.arange(8, dtype="float32"))

    points = np.random.default_rng(0).normal(size=(CLOUDS, POINTS, 3)).astype("float32")
    mesh = distribution.device_mesh.backend_mesh
    sharding = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("batch"))
    shared = jax.device_put(points, sharding)
    compiled = jax.jit(jax.value_and_grad(loss)).lower(variables[0], shared).compile()
    together = compiled(variables[0], shared)

sent = re.findall(r" (all-gather|all-reduce|all-to-all|collective-permute)\(", compiled.as_text())
alone = jax.value_and_grad(loss)(variables[0], points)
print(
    json.dumps(
        {
            "sent": sorted(set(sent)),
            "together": [np.asarray(x).tolist() for x in jax.tree.leaves(together)],
            "alone": [np.asarray(x).tolist() for x in jax.tree.leaves(alone)],
        }
    )
)
