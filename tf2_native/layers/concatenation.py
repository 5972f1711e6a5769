"""The product of a concatenation with a kernel, without the concatenation."""

from collections.abc import Sequence

from keras import ops

from tf2_native.tensor import Tensor


def concatenated_product(features: Sequence[Tensor], kernel: Tensor, bias: Tensor) -> Tensor:
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
        bias: [units].

    Returns:
        Tensor B x N x units, the bias added.
    """
    of_points, of_clouds, start = 0, bias, 0
    for feature in features:
        width = feature.shape[-1]
        product = ops.matmul(feature, kernel[start : start + width])
        start += width
        if len(feature.shape) == 3:
            of_points = of_points + product
        else:
            of_clouds = of_clouds + product
    if len(of_clouds.shape) == 2:
        of_clouds = ops.expand_dims(of_clouds, 1)
    return of_points + of_clouds
