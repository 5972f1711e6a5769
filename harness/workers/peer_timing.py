"""Steps of the PyTorch packages `pointnet` and `torch-pointcloud`, built to the same shape.

A training step is forward, cross-entropy, backward and Adam; neither package has the orthogonality
term, which costs next to nothing. `pointnet` activates by GELU, and drops out once, where the
original has ReLU and drops out twice.
"""

import contextlib
import importlib.metadata
import platform

import numpy as np

from harness.workers.keras_timing import prepare_torch, synchronise
from harness.workers.protocol import RequestError

_AUTOCAST = ("bfloat16",)


class PeerEngine(object):
    """Makes and runs steps of one package.

    Arguments:
        package: its name on PyPI.
        settings: see `timing_worker`.
    """

    def __init__(self, package, settings):
        import torch

        prepare_torch(torch, settings["threads"], settings)
        self.torch, self.package, self.settings = torch, package, settings
        self.on_gpu = settings["device"] == "gpu"
        self.device = "cuda" if self.on_gpu else "cpu"
        self.make = {"pointnet": Pointnet, "torch-pointcloud": TorchPointcloud}[package]

    def versions(self):
        return {
            "python": platform.python_version(),
            self.package: importlib.metadata.version(self.package),
            "torch": self.torch.__version__,
            "numpy": np.__version__,
        }

    def build(self, network, mode, batch):
        torch = self.torch
        self.adapter = self.make(torch, network)
        self.module = self.adapter.module.to(self.device)
        self.training = mode == "training"
        self.module.train(self.training)
        self.batch = batch
        if self.training:
            self.optimizer = torch.optim.Adam(self.module.parameters(), lr=0.001)
            for parameter in self.module.parameters():
                parameter.grad = torch.zeros_like(parameter)
            # Takes Adam's slots now: a step of zeros moves nothing.
            self.optimizer.step()

    def step(self):
        torch = self.torch
        points = torch.from_numpy(self.batch["points"]).to(self.device)
        if not self.training:
            with torch.inference_mode(), self._precision():
                self.adapter(points).float().cpu().numpy()
            return
        labels = torch.from_numpy(self.batch["labels"].astype(np.int64)).to(self.device)
        self.optimizer.zero_grad()
        with self._precision():
            loss = torch.nn.functional.cross_entropy(self.adapter(points), labels)
        loss.backward()
        self.optimizer.step()
        loss.item()
        synchronise(torch, self.on_gpu)

    def _precision(self):
        precision = self.settings["precision"]
        if precision not in _AUTOCAST:
            return contextlib.nullcontext()
        return self.torch.autocast(self.device, getattr(self.torch, precision))

    def device_memory(self):
        return int(self.torch.cuda.max_memory_allocated()) if self.on_gpu else None


class Pointnet(object):
    """`pointnet`: takes B x C x N."""

    def __init__(self, torch, network):
        import pointnet

        if network["key"] != "pointnet_cls":
            raise RequestError("the package pointnet has no network of this shape")
        # Its default for the first T-Net is one object shared by all networks of the process.
        self.module = pointnet.PointNetCls(
            3, network["num_classes"], stn_3d=pointnet.STN(in_dim=3), dropout=0.3
        )

    def __call__(self, points):
        return self.module(points.transpose(1, 2).contiguous())


class TorchPointcloud(object):
    """`torch-pointcloud`: takes the points of all clouds in one list, and whose each is."""

    def __init__(self, torch, network):
        from torch_pointcloud.models.pointnet import PointNetClassification

        if network["key"] != "pointnet_cls":
            raise RequestError("the package torch-pointcloud has no network of this shape")
        self.torch = torch
        self.module = PointNetClassification(
            0,
            network["num_classes"],
            dropout=0.3,
            mlp1_channels=(64, 64),
            mlp2_channels=(64, 128, 1024),
        )

    def __call__(self, points):
        size, count, channels = points.shape
        clouds = self.torch.arange(size, device=points.device).repeat_interleave(count)
        return self.module(None, points.reshape(-1, channels), clouds)
