"""Tencent's Cloud API: what is sent and signed, and what odd answers mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.catalogue.catalogue import Catalogue
from core.catalogue.load import enable, load_models
from core.engines.hosted.faults import AnswerLost, Kind, VendorFault
from core.engines.hosted.tencent_cloud import TencentCloud
from core.engines.hosted.vendor import Answer, Call, Remote, State
from core.engines.hosted.wire import Wire
from piying.engine_settings import TencentCloudSettings
from piying.hosted import account_of, vendor_of
from tests.unit.hosted.orders_of import FIRST, order_of
from tests.vendors.desk import PaidRun, catalogue_of, engine_of, spec_of
from tests.vendors.tencent_cloud import TencentCloudServer

CLOUD = TencentCloud()
FOX = "雪地里的一只红狐狸"
JOB = Remote("1387262242604040192", "hunyuan-video")


def response(**fields: Any) -> Answer:
    return Answer(200, {"Response": {**fields, "RequestId": "r"}})


def test_an_order_of_words() -> None:
    call = CLOUD.create(order_of("hunyuan-video-cloud", "china", prompt=FOX))
    assert (call.method, call.path, dict(call.headers)) == ("POST", "/", {"X-TC-Action": "SubmitHunyuanToVideoJob"})
    assert json.loads(call.body) == {"Prompt": FOX, "Resolution": "720p"}


@pytest.mark.parametrize(("watermark", "mark"), [(True, 1), (False, 0)])
def test_an_order_with_a_picture_and_a_mark(watermark: bool, mark: int) -> None:
    order = order_of("hunyuan-video-cloud-i2v", "china", prompt=FOX, image=FIRST, watermark=watermark)
    body = json.loads(CLOUD.create(order).body)
    assert body == {"Prompt": FOX, "Image": {"Base64": FIRST.base64}, "Resolution": "720p", "LogoAdd": mark}
    assert type(body["LogoAdd"]) is int


def test_a_question() -> None:
    call = CLOUD.poll(JOB)
    assert dict(call.headers) == {"X-TC-Action": "DescribeHunyuanToVideoJob"}
    assert json.loads(call.body) == {"JobId": JOB.id}


def test_the_host_that_is_asked_is_the_one_that_is_signed() -> None:
    call = Call("POST", "/", body=b"{}", headers={"X-TC-Action": "A"}, host="vclm.ap-shanghai.tencentcloudapi.com")
    headers = TencentCloud("ap-shanghai").headers(call, "AKID:secret:with:colons", 1_795_867_200.9)
    assert headers["Host"] == "vclm.ap-shanghai.tencentcloudapi.com"
    assert headers["X-TC-Region"] == "ap-shanghai"
    assert headers["X-TC-Timestamp"] == "1795867200"
    assert headers["Authorization"].startswith("TC3-HMAC-SHA256 Credential=AKID/2026-11-28/vclm/tc3_request, ")
    assert "secret" not in str(headers)


@pytest.mark.parametrize(
    ("base", "host"),
    [("https://vclm.tencentcloudapi.com/", "vclm.tencentcloudapi.com"), ("http://127.0.0.1:81", "127.0.0.1:81")],
)
def test_the_host_has_its_port_where_that_is_not_the_usual(base: str, host: str) -> None:
    assert Wire(base).host == host


def test_a_key_without_a_secret_is_told_at_once() -> None:
    with pytest.raises(VendorFault) as caught:
        CLOUD.headers(CLOUD.poll(JOB), "AKID-alone", 0.0)
    assert caught.value.fault.kind is Kind.KEY
    assert "AKID" not in str(caught.value)


async def test_the_zone_that_is_set_is_the_one_that_is_asked(tmp_path: Path) -> None:
    told = TencentCloudSettings(key="AKID:secret", zone="ap-beijing")
    async with TencentCloudServer() as server:
        server.zone = "ap-beijing"
        vendor = vendor_of("tencent_cloud", told)
        assert isinstance(vendor, TencentCloud)
        server.vendor = vendor  # type: ignore[misc]
        catalogue = catalogue_of(server)
        engine = engine_of(server, catalogue)
        await engine.generate(spec_of(catalogue, server.cards[0], tmp_path, prompt=FOX), PaidRun(tmp_path))
        await engine.close()
    assert server.wrong == []
    assert {headers["x-tc-region"] for headers, _ in server.requests} == {"ap-beijing"}


@pytest.mark.parametrize("zone", ["", "guangzhou", "ap_guangzhou", "ap-guangzhou\r\nX: y", "AP-GUANGZHOU"])
def test_what_is_no_zone_is_no_setting(zone: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        TencentCloudSettings(key="AKID:secret", zone=zone)


def test_it_is_in_china_alone() -> None:
    catalogue: Catalogue = enable(load_models())
    account = account_of("tencent_cloud", TencentCloudSettings(key="AKID:secret"), catalogue)
    assert (account.region, account.base) == ("china", "https://vclm.tencentcloudapi.com")
    assert account.keys == ("AKID:secret",)


@pytest.mark.parametrize(
    ("word", "state"), [("WAIT", State.QUEUED), ("RUN", State.RUNNING), ("AUDIT", State.RUNNING), (0, State.RUNNING)]
)
def test_a_word_that_is_new_is_still_running(word: object, state: State) -> None:
    assert CLOUD.status(response(Status=word), JOB).state is state


@pytest.mark.parametrize("fields", [{"Status": "DONE"}, {"Status": "DONE", "ResultVideoUrl": ""}, {}, {"Status": None}])
def test_a_finished_job_without_a_file_or_a_state_is_asked_again(fields: dict[str, Any]) -> None:
    with pytest.raises(AnswerLost):
        CLOUD.status(response(**fields), JOB)


@pytest.mark.parametrize("code", [None, "", 5, "Whatever"])
def test_a_failure_that_says_nothing_is_the_vendors(code: object) -> None:
    status = CLOUD.status(response(Status="FAIL", ErrorCode=code), JOB)
    assert status.fault is not None
    assert status.fault.kind is Kind.DOWN


@pytest.mark.parametrize("code", ["FailedOperation.JobNotExist", "FailedOperation.JobNotFound"])
def test_a_job_that_is_not_there_is_gone_and_proves_the_key(code: str) -> None:
    answer = response(Error={"Code": code, "Message": "no"})
    with pytest.raises(VendorFault) as caught:
        CLOUD.status(answer, JOB)
    assert caught.value.fault.kind is Kind.GONE
    CLOUD.proved(answer)


@pytest.mark.parametrize(
    "code", ["AuthFailure.SignatureFailure", "UnauthorizedOperation", "ResourceUnavailable.NotExist"]
)
def test_what_proves_no_key(code: str) -> None:
    with pytest.raises(VendorFault):
        CLOUD.proved(response(Error={"Code": code}))


def test_an_answer_that_makes_no_sense_proves_nothing() -> None:
    with pytest.raises(AnswerLost):
        CLOUD.proved(Answer(200, {}))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, None),
        Answer(200, {}),
        Answer(200, {"Response": []}),
        Answer(302, None),
        Answer(502, "x"),
        response(),
    ],
)
def test_an_answer_without_a_job_leaves_the_order_unknown(answer: Answer) -> None:
    with pytest.raises(AnswerLost):
        CLOUD.created(answer, order_of("hunyuan-video-cloud", "china"))


@pytest.mark.parametrize(("status", "kind"), [(403, Kind.REQUEST), (429, Kind.BUSY)])
def test_what_is_refused_on_the_way_was_not_begun(status: int, kind: Kind) -> None:
    with pytest.raises(VendorFault) as caught:
        CLOUD.created(Answer(status, None), order_of("hunyuan-video-cloud", "china"))
    assert caught.value.fault.kind is kind


def test_nothing_can_be_stopped_or_looked_up() -> None:
    order = order_of("hunyuan-video-cloud", "china")
    assert CLOUD.cancel(JOB) is None
    assert not CLOUD.stopped(response())
    assert CLOUD.find(order, 0.0) is None
    assert CLOUD.found(response(), order, 0.0) == ()
