"""The catalogue: every network, layer by layer, with its canonical parameters.

Names and shapes are those of the TensorFlow 1.x graphs (arXiv 1612.00593 and the variables of the
published checkpoints): a parameter is called `<scope>/<leaf>`, a kernel of a shared MLP is an image
kernel. What a network is, every other room reads off here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

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
class Dropout:
    """A dropout layer: canonical scope, probability of keeping, width of its input."""

    name: str
    keep: float
    width: int


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
    """

    key: str
    layers: tuple[Layer, ...]
    dropouts: tuple[Dropout, ...]
    outputs: tuple[str, ...]
    loss_terms: tuple[str, ...]
    num_classes: int
    symmetric: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for layer in self.layers for p in layer.parameters)

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


def _transform_net(scope: str, first: Layer, size: int, last: str) -> tuple[Layer, ...]:
    return (
        first,
        _shared_mlp(f"{scope}/tconv2", 64, 128),
        _shared_mlp(f"{scope}/tconv3", 128, 1024),
        Layer(f"{scope}/tfc1", (1024, 512), entry=f"{scope}: max over points"),
        Layer(f"{scope}/tfc2", (512, 256)),
        Layer(f"{scope}/{last}", (256, size * size), batch_norm=False),
    )


def _pointnet_cls(num_classes: int = 40) -> Model:
    net1, net2 = "transform_net1", "transform_net2"
    return Model(
        key="pointnet_cls",
        layers=(
            *_transform_net(net1, _first_mlp(f"{net1}/tconv1", 3, 64), 3, "transform_XYZ"),
            _first_mlp("conv1", 3, 64, entry=f"points multiplied by the matrix of {net1}"),
            _shared_mlp("conv2", 64, 64),
            *_transform_net(net2, _shared_mlp(f"{net2}/tconv1", 64, 64), 64, "transform_feat"),
            _shared_mlp("conv3", 64, 64, entry=f"features multiplied by the matrix of {net2}"),
            _shared_mlp("conv4", 64, 128),
            _shared_mlp("conv5", 128, 1024),
            Layer("fc1", (1024, 512), entry="max over points"),
            Layer("fc2", (512, 256), entry="dropout dp1"),
            Layer("fc3", (256, num_classes), batch_norm=False, entry="dropout dp2"),
        ),
        dropouts=(Dropout("dp1", 0.7, 512), Dropout("dp2", 0.7, 256)),
        outputs=("logits", "transform"),
        loss_terms=("cross_entropy", "orthogonality"),
        num_classes=num_classes,
        symmetric=(f"{net1}/tconv3", f"{net2}/tconv3", "conv5"),
    )


def _pointnet_cls_basic(num_classes: int = 40) -> Model:
    return Model(
        key="pointnet_cls_basic",
        layers=(
            _first_mlp("conv1", 3, 64),
            _shared_mlp("conv2", 64, 64),
            _shared_mlp("conv3", 64, 64),
            _shared_mlp("conv4", 64, 128),
            _shared_mlp("conv5", 128, 1024),
            Layer("fc1", (1024, 512), entry="max over points"),
            Layer("fc2", (512, 256)),
            Layer("fc3", (256, num_classes), batch_norm=False, entry="dropout dp1"),
        ),
        dropouts=(Dropout("dp1", 0.7, 256),),
        outputs=("logits",),
        loss_terms=("cross_entropy",),
        num_classes=num_classes,
        symmetric=("conv5",),
    )


MODELS = {model.key: model for model in (_pointnet_cls(), _pointnet_cls_basic())}
