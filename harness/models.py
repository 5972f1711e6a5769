"""The catalogue: every network, layer by layer, with its canonical parameters.

Names and shapes are those of the TensorFlow 1.x graphs (arXiv 1612.00593 and the variables of the
published checkpoints): a parameter is called `<scope>/<leaf>`, a kernel of a shared MLP is an image
kernel. What a network is, every other room reads off here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

MOVING_STATISTICS = ("moving_mean", "moving_variance")


@dataclass(frozen=True)
class Parameter:
    """One array of a network: canonical name, TF1 shape, and whether it is trained."""

    name: str
    shape: tuple[int, ...]
    trainable: bool


@dataclass(frozen=True)
class Layer:
    """A linear map, and what stands in front of it.

    Attributes:
        name: canonical scope, "transform_net1/tconv1".
        kernel: shape of `weights`; 4-D for a shared MLP, 2-D for a fully connected layer.
        batch_norm: whether batch norm and ReLU follow; the last layers are bare.
        entry: what happens between the layer before and this one's input, in words.
    """

    name: str
    kernel: tuple[int, ...]
    batch_norm: bool = True
    entry: str = ""

    @property
    def parameters(self) -> Iterator[Parameter]:
        width = (self.kernel[-1],)
        yield Parameter(f"{self.name}/weights", self.kernel, True)
        yield Parameter(f"{self.name}/biases", width, True)
        if self.batch_norm:
            yield Parameter(f"{self.name}/bn/beta", width, True)
            yield Parameter(f"{self.name}/bn/gamma", width, True)
            for leaf in MOVING_STATISTICS:
                yield Parameter(f"{self.name}/bn/{leaf}", width, False)


@dataclass(frozen=True)
class KerasLayer:
    """A layer of a network without TF1 ancestor, under Keras' own names.

    Attributes:
        name: of the layer.
        kernel: shape of `kernel`: [1, C, units] of a convolution, [C, units] of a dense layer;
            of a batch norm, [units] alone.
        entry: as for `Layer`.
    """

    name: str
    kernel: tuple[int, ...]
    entry: str = ""

    @property
    def parameters(self) -> Iterator[Parameter]:
        width = (self.kernel[-1],)
        if len(self.kernel) > 1:
            yield Parameter(f"{self.name}/kernel", self.kernel, True)
            yield Parameter(f"{self.name}/bias", width, True)
        else:
            yield Parameter(f"{self.name}/gamma", width, True)
            yield Parameter(f"{self.name}/beta", width, True)
            for leaf in MOVING_STATISTICS:
                yield Parameter(f"{self.name}/{leaf}", width, False)


@dataclass(frozen=True)
class Dropout:
    """A dropout layer.

    Attributes:
        name: canonical scope.
        keep: probability of keeping.
        width: channels of its input.
        per_point: whether it drops from features of points, B x N x C, or of clouds, B x C.
    """

    name: str
    keep: float
    width: int
    per_point: bool = False


@dataclass(frozen=True)
class Model:
    """A network as the harness knows it.

    Attributes:
        key: its name on the command line.
        layers: in order of computation.
        dropouts: in order of computation.
        outputs: what a trace records under `outputs/`.
        loss_terms: the addends of the loss, in the order in which they are added.
        num_classes: number of logits.
        symmetric: the layers whose outputs meet the max over points.
        channels: of a point.
        per_point: whether it labels points, with logits B x N x K, or clouds, with logits B x K.
        num_categories: of the clouds, one of which it is told; 0 if it is told none.
        task: "classification", "parts", "shapes" or "scenes"; says what data it takes.
        script: the TF1-style program that trains it; None for a network without TF1 ancestor.
        batch_size: clouds a step, as published.
        stair: clouds to a stair of the learning rate, as published.
    """

    key: str
    layers: tuple[Layer | KerasLayer, ...]
    dropouts: tuple[Dropout, ...]
    outputs: tuple[str, ...]
    loss_terms: tuple[str, ...]
    num_classes: int
    symmetric: tuple[str, ...]
    channels: int = 3
    per_point: bool = False
    num_categories: int = 0
    task: str = "classification"
    script: str | None = "train"
    batch_size: int = 32
    stair: int = 200_000

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for layer in self.layers for p in layer.parameters)

    @property
    def has_ancestor(self) -> bool:
        """Whether there is a TF1 network that it has to equal."""
        return self.script is not None

    @property
    def trainable_count(self) -> int:
        return sum(prod(p.shape) for p in self.parameters if p.trainable)

    def entry(self, layer: str) -> str:
        """What feeds a layer, in words: the place between it and the layer before."""
        return next(node.entry for node in self.layers if node.name == layer)


def _shared_mlp(name: str, inputs: int, width: int, entry: str = "") -> Layer:
    return Layer(name, (1, 1, inputs, width), entry=entry)


def _first_mlp(name: str, coordinates: int, width: int, entry: str = "") -> Layer:
    """The first shared MLP sees a cloud as an N x C image of one channel."""
    return Layer(name, (1, coordinates, 1, width), entry=entry)


def _transform_net(
    scope: str,
    size: int,
    channels: int,
    point_widths: Mapping[str, int] = MappingProxyType(
        {"tconv1": 64, "tconv2": 128, "tconv3": 1024}
    ),
    cloud_widths: tuple[int, int] = (512, 256),
) -> tuple[Layer, ...]:
    """The layers of a T-Net that predicts size x size matrices."""
    layers: list[Layer] = []
    for name, width in point_widths.items():
        # Only the raw points come as an image of one channel.
        of = _first_mlp if not layers and size == 3 else _shared_mlp
        layers.append(of(f"{scope}/{name}", channels, width))
        channels = width
    fc1, fc2 = cloud_widths
    last = "transform_XYZ" if size == 3 else "transform_feat"
    return (
        *layers,
        Layer(f"{scope}/tfc1", (channels, fc1), entry=f"{scope}: max over points"),
        Layer(f"{scope}/tfc2", (fc1, fc2)),
        Layer(f"{scope}/{last}", (fc2, size * size), batch_norm=False),
    )


_NET1, _NET2 = "transform_net1", "transform_net2"
_ALIGNED_TRUNK = (
    *_transform_net(_NET1, 3, 3),
    _first_mlp("conv1", 3, 64, entry=f"points multiplied by the matrix of {_NET1}"),
    _shared_mlp("conv2", 64, 64),
    *_transform_net(_NET2, 64, 64),
    _shared_mlp("conv3", 64, 64, entry=f"features multiplied by the matrix of {_NET2}"),
    _shared_mlp("conv4", 64, 128),
    _shared_mlp("conv5", 128, 1024),
)
_ALIGNED_SYMMETRIC = (f"{_NET1}/tconv3", f"{_NET2}/tconv3", "conv5")


def _basic_trunk(channels: int) -> tuple[Layer, ...]:
    return (
        _first_mlp("conv1", channels, 64),
        _shared_mlp("conv2", 64, 64),
        _shared_mlp("conv3", 64, 64),
        _shared_mlp("conv4", 64, 128),
        _shared_mlp("conv5", 128, 1024),
    )


_POINTNET_CLS = Model(
    key="pointnet_cls",
    layers=(
        *_ALIGNED_TRUNK,
        Layer("fc1", (1024, 512), entry="max over points"),
        Layer("fc2", (512, 256), entry="dropout dp1"),
        Layer("fc3", (256, 40), batch_norm=False, entry="dropout dp2"),
    ),
    dropouts=(Dropout("dp1", 0.7, 512), Dropout("dp2", 0.7, 256)),
    outputs=("logits", "transform"),
    loss_terms=("cross_entropy", "orthogonality"),
    num_classes=40,
    symmetric=_ALIGNED_SYMMETRIC,
)

_POINTNET_CLS_BASIC = Model(
    key="pointnet_cls_basic",
    layers=(
        *_basic_trunk(3),
        Layer("fc1", (1024, 512), entry="max over points"),
        Layer("fc2", (512, 256)),
        Layer("fc3", (256, 40), batch_norm=False, entry="dropout dp1"),
    ),
    dropouts=(Dropout("dp1", 0.7, 256),),
    outputs=("logits",),
    loss_terms=("cross_entropy",),
    num_classes=40,
    symmetric=("conv5",),
)

_POINTNET_SEG = Model(
    key="pointnet_seg",
    layers=(
        *_ALIGNED_TRUNK,
        _shared_mlp("conv6", 64 + 1024, 512, entry="aligned features beside the global one"),
        _shared_mlp("conv7", 512, 256),
        _shared_mlp("conv8", 256, 128),
        _shared_mlp("conv9", 128, 128),
        Layer("conv10", (1, 1, 128, 50), batch_norm=False),
    ),
    dropouts=(),
    outputs=("logits", "transform"),
    loss_terms=("cross_entropy", "orthogonality"),
    num_classes=50,
    symmetric=_ALIGNED_SYMMETRIC,
    per_point=True,
    task="parts",
    script="train_part_seg",
)

_PART_SEG = Model(
    key="part_seg",
    layers=(
        # The published net skips a number.
        *_transform_net(_NET1, 3, 3, {"tconv1": 64, "tconv3": 128, "tconv4": 1024}, (128, 128)),
        _first_mlp("conv1", 3, 64, entry=f"points multiplied by the matrix of {_NET1}"),
        _shared_mlp("conv2", 64, 128),
        _shared_mlp("conv3", 128, 128),
        *_transform_net(_NET2, 128, 128, {"tconv1": 256, "tconv2": 1024}),
        _shared_mlp("conv4", 128, 512, entry=f"features multiplied by the matrix of {_NET2}"),
        _shared_mlp("conv5", 512, 2048),
        Layer("cla/fc1", (2048, 256), entry="max over points"),
        Layer("cla/fc2", (256, 256)),
        Layer("cla/fc3", (256, 16), batch_norm=False, entry="dropout cla/dp1"),
        _shared_mlp(
            "seg/conv1",
            2048 + 16 + 64 + 128 + 128 + 512 + 2048,
            256,
            entry="global feature, category and all features of a point, side by side",
        ),
        _shared_mlp("seg/conv2", 256, 256, entry="dropout seg/dp1"),
        _shared_mlp("seg/conv3", 256, 128, entry="dropout seg/dp2"),
        Layer("seg/conv4", (1, 1, 128, 50), batch_norm=False),
    ),
    dropouts=(
        Dropout("cla/dp1", 0.7, 256),
        Dropout("seg/dp1", 0.8, 256, per_point=True),
        Dropout("seg/dp2", 0.8, 256, per_point=True),
    ),
    outputs=("logits", "category_logits", "transform"),
    loss_terms=("parts", "category", "orthogonality"),
    num_classes=50,
    symmetric=(f"{_NET1}/tconv4", f"{_NET2}/tconv2", "conv5"),
    per_point=True,
    num_categories=16,
    task="parts",
    script="train_part_seg",
    stair=337_620,
)

_SEM_SEG = Model(
    key="sem_seg",
    layers=(
        *_basic_trunk(9),
        Layer("fc1", (1024, 256), entry="max over points"),
        Layer("fc2", (256, 128)),
        _shared_mlp("conv6", 1024 + 128, 512, entry="features beside the global one"),
        _shared_mlp("conv7", 512, 256),
        Layer("conv8", (1, 1, 256, 13), batch_norm=False, entry="dropout dp1"),
    ),
    dropouts=(Dropout("dp1", 0.7, 256, per_point=True),),
    outputs=("logits",),
    loss_terms=("cross_entropy",),
    num_classes=13,
    symmetric=("conv5",),
    channels=9,
    per_point=True,
    task="scenes",
    script="train_sem_seg",
    batch_size=24,
    stair=300_000,
)


_BY_MATRIX = " multiplied by the matrix of"


def _keras_block(name: str, kind: str, *kernel: int, entry: str = "") -> tuple[KerasLayer, ...]:
    """A linear layer and the batch norm behind it; ReLU owns nothing."""
    return (
        KerasLayer(f"{name}_{kind}", kernel, entry=entry),
        KerasLayer(f"{name}_batch_norm", kernel[-1:]),
    )


def _keras_transform(name: str, channels: int) -> tuple[KerasLayer, ...]:
    return (
        *_keras_block(f"{name}_1", "conv", 1, channels, 64),
        *_keras_block(f"{name}_2", "conv", 1, 64, 128),
        *_keras_block(f"{name}_3", "conv", 1, 128, 1024),
        *_keras_block(f"{name}_1_1", "dense", 1024, 512, entry=f"{name}: max over points"),
        *_keras_block(f"{name}_2_1", "dense", 512, 256),
        KerasLayer(f"{name}_final", (256, channels * channels)),
    )


def _shape_seg(key: str) -> Model:
    """keras.io's shape segmenter, whose variants have the same layers."""
    return Model(
        key=key,
        layers=(
            *_keras_transform("input_transformation_block", 3),
            *_keras_block(
                "features_64",
                "conv",
                1,
                3,
                64,
                entry=f"points{_BY_MATRIX} input_transformation_block",
            ),
            *_keras_block("features_128_1", "conv", 1, 64, 128),
            *_keras_block("features_128_2", "conv", 1, 128, 128),
            *_keras_transform("transformed_features", 128),
            *_keras_block(
                "features_512",
                "conv",
                1,
                128,
                512,
                entry=f"features{_BY_MATRIX} transformed_features",
            ),
            *_keras_block("pre_maxpool_block", "conv", 1, 512, 2048),
            *_keras_block(
                "segmentation_features",
                "conv",
                1,
                64 + 128 + 128 + 128 + 512 + 2048,
                128,
                entry="all features of a point, and the global one, side by side",
            ),
            KerasLayer("segmentation_head", (1, 128, 5)),
        ),
        dropouts=(),
        outputs=("probabilities",),
        loss_terms=("cross_entropy", "input_orthogonality", "feature_orthogonality"),
        num_classes=5,
        symmetric=(
            "input_transformation_block_3_batch_norm",
            "transformed_features_3_batch_norm",
            "pre_maxpool_block_batch_norm",
        ),
        per_point=True,
        task="shapes",
        script=None,
    )


MODELS = {
    model.key: model
    for model in (
        _POINTNET_CLS,
        _POINTNET_CLS_BASIC,
        _POINTNET_SEG,
        _PART_SEG,
        _SEM_SEG,
        _shape_seg("shape_seg"),
        _shape_seg("shape_seg_corrected"),
    )
}
