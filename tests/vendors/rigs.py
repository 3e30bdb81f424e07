"""Every vendor's server."""

from __future__ import annotations

from tests.vendors.alibaba import AlibabaServer
from tests.vendors.baidu import BaiduKlingServer, BaiduMuseServer, BaiduServer, BaiduWanServer
from tests.vendors.bytedance import ByteDanceServer
from tests.vendors.kling import KlingServer
from tests.vendors.minimax import MiniMaxServer
from tests.vendors.openai_videos import OpenAiVideosServer
from tests.vendors.openrouter import OpenRouterServer
from tests.vendors.server import VendorServer
from tests.vendors.tencent import TencentServer
from tests.vendors.tencent_cloud import TencentCloudServer
from tests.vendors.zhipu import ZhipuServer

SERVERS: tuple[type[VendorServer], ...] = (
    OpenAiVideosServer,
    TencentServer,
    ByteDanceServer,
    AlibabaServer,
    TencentCloudServer,
    MiniMaxServer,
    ZhipuServer,
    KlingServer,
    BaiduServer,
    BaiduKlingServer,
    BaiduMuseServer,
    BaiduWanServer,
    OpenRouterServer,
)
