"""PLANTED FAULT: the native network, but that batch norm's momentum is left at Keras' default.

The original's `decay` of 0.9 becomes 0.99: training looks the same, and evaluation lags behind it.
"""

import native


def build():
    def batch_norm(name):
        return native.FusedBatchNormalization(epsilon=1e-3, name=name)

    return native.build(normalization=batch_norm)
