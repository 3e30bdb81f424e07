"""Every vendor's server."""

from __future__ import annotations

from tests.vendors.openai_videos import OpenAiVideosServer
from tests.vendors.server import VendorServer

SERVERS: tuple[type[VendorServer], ...] = (OpenAiVideosServer,)
