"""All hazards, by key."""

from types import MappingProxyType

from harness.hazards import (
    adam_epsilon,
    batch_norm_epsilon,
    batch_norm_momentum,
    dropout_keep_as_rate,
    glorot_of_dense_kernel,
    moving_variance_start,
    orthogonality_by_batch,
    transform_transposed,
)

HAZARDS = MappingProxyType(
    {
        module.HAZARD.key: module.HAZARD
        for module in (
            batch_norm_epsilon,
            batch_norm_momentum,
            moving_variance_start,
            adam_epsilon,
            orthogonality_by_batch,
            glorot_of_dense_kernel,
            dropout_keep_as_rate,
            transform_transposed,
        )
    }
)
