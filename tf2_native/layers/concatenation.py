"""The product of a concatenation with a kernel, without the concatenation."""

import itertools
from collections.abc import Callable, Sequence

from keras import ops

from tf2_native.tensor import Tensor


def concatenated_product(
    features: Sequence[Tensor],
    kernel: Tensor,
    multiply: Callable[[Tensor, Tensor], Tensor] = ops.matmul,
) -> Tensor:
    """Multiplies features of points and of their cloud, side by side, by one kernel.

    With the kernel cut into rows, W = [W_p; W_g], a point's feature p and its cloud's feature g
    give

        [p, g] W = p W_p + g W_g,

    and the second product is the same for all points of a cloud: it is made once a cloud, and the
    cloud's feature is never tiled.

    Arguments:
        features: in the order of the kernel's rows: of points, B x N x C_i, or of clouds,
            B x C_i; at least one of points.
        kernel: C x units, C the sum of all C_i.
        multiply: makes the products.

    Returns:
        Tensor B x N x units.
    """
    widths = [feature.shape[-1] for feature in features]
    rows = ops.split(kernel, list(itertools.accumulate(widths[:-1])))
    products = [multiply(feature, part) for feature, part in zip(features, rows, strict=True)]
    # What the clouds have is added up before it goes to the points.
    of_clouds = [product[:, None] for product in products if len(product.shape) == 2]
    of_points = [product for product in products if len(product.shape) == 3]
    return sum(of_points, start=sum(of_clouds))
