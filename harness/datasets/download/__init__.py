"""Fetches published archives: resumed, verified, and unpacked without letting anything escape."""

from harness.datasets.download.archives import ARCHIVES, Archive
from harness.datasets.download.fetch import Fetched, fetch
from harness.datasets.download.http import download
from harness.datasets.download.unpack import UnsoundArchive, unpack

__all__ = ["ARCHIVES", "Archive", "Fetched", "UnsoundArchive", "download", "fetch", "unpack"]
