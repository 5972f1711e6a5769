"""S3DIS, indoor scenes of 13 classes: raw annotations, then rooms, then blocks for a network."""

from harness.datasets.s3dis.block_files import BlockShard, read_blocks, write_blocks
from harness.datasets.s3dis.blocks import EVALUATION_STRIDE, TRAINING_STRIDE, Blocks, cut
from harness.datasets.s3dis.classes import CLASSES
from harness.datasets.s3dis.convert import adopt, blocks_from_rooms, rooms_from_raw
from harness.datasets.s3dis.raw import read_raw_room, write_raw_room
from harness.datasets.s3dis.room import AREAS, Room, read_room, write_room
from harness.datasets.s3dis.summary import SceneSummary, summary

__all__ = [
    "AREAS",
    "CLASSES",
    "EVALUATION_STRIDE",
    "TRAINING_STRIDE",
    "BlockShard",
    "Blocks",
    "Room",
    "SceneSummary",
    "adopt",
    "blocks_from_rooms",
    "cut",
    "read_blocks",
    "read_raw_room",
    "read_room",
    "rooms_from_raw",
    "summary",
    "write_blocks",
    "write_raw_room",
    "write_room",
]
