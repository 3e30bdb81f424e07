"""Turns environment variables (``PIYING_SAFETY__…``) into the policy's file and the moderators on the network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from core.safety.hosted.guard import Style
from piying.parts import Part, read_secret
from piying.translation_settings import WebAddress

_PREFIX = "PIYING_SAFETY"


def _region(name: str) -> str:
    if not name.replace("-", "").isalnum():
        raise ValueError("this is no region, such as cn-shanghai or ap-guangzhou")
    return name


Region = Annotated[str, AfterValidator(_region)]


class _Hosted(Part):
    """A moderator on the network. Its key (or a file that holds it) turns it on; ``timeout`` is in seconds.

    While one that is ``required`` cannot be asked, no prompt is taken; another may be missing.
    """

    key: SecretStr | None = None
    key_file: Path | None = None
    timeout: float = Field(5.0, gt=0)
    required: bool = True

    def secret(self, name: str) -> str | None:
        """The key, from its variable or its file.

        Raises:
            Mistake: the file cannot be read, or holds none.
        """
        return read_secret(f"{_PREFIX}__{name.upper()}__KEY", self.key, self.key_file)

    @property
    def is_on(self) -> bool:
        """Whether it is set up."""
        return self.key is not None or self.key_file is not None

    def _both(self, value: str | None, name: str, variable: str) -> None:
        if (value is None) == self.is_on:
            raise ValueError(f"set both {_PREFIX}__{name}__{variable} and …__KEY (or …__KEY_FILE), or neither")


class OpenAiSettings(_Hosted):
    """OpenAI's moderations, or an endpoint with their protocol."""

    model: str = "omni-moderation-latest"
    url: WebAddress = "https://api.openai.com/v1/moderations"


class AliyunSettings(_Hosted):
    """Aliyun's content moderation; ``key`` is the AccessKey secret, ``url`` replaces the region's address."""

    key_id: str | None = None
    region: Region = "cn-shanghai"
    service: str = "llm_query_moderation"
    url: WebAddress | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._both(self.key_id, "ALIYUN", "KEY_ID")
        return self


class TencentSettings(_Hosted):
    """Tencent Cloud's Text Moderation System; ``key`` is the SecretKey."""

    secret_id: str | None = None
    region: Region = "ap-guangzhou"
    biz_type: str | None = None
    url: WebAddress = "https://tms.tencentcloudapi.com"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._both(self.secret_id, "TENCENT", "SECRET_ID")
        return self


class AzureSettings(_Hosted):
    """Azure AI Content Safety; ``endpoint`` is the resource's."""

    endpoint: WebAddress | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._both(self.endpoint, "AZURE", "ENDPOINT")
        return self


class GuardSettings(_Hosted):
    """A guard model by OpenAI's chat protocol. A server of one's own may need no key."""

    timeout: float = Field(10.0, gt=0)
    base_url: WebAddress | None = None
    model: str | None = None
    style: Style = "qwen3guard"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.base_url is None) != (self.model is None):
            raise ValueError(f"set both {_PREFIX}__GUARD__BASE_URL and …__MODEL, or neither")
        return self

    @property
    def is_on(self) -> bool:
        """Whether it is set up."""
        return self.base_url is not None


class SafetySettings(Part):
    """Who judges prompts beside the rules and the classifier, and the operator's policy.

    So many grave ``strikes`` within ``strike_days`` shut an account out until one of them has aged; 0 is never.
    ``moderators`` are users such as ``telegram:123``, who may decide about appeals and reports.
    """

    policy_file: Path | None = None
    strikes: int = Field(3, ge=0)
    strike_days: float = Field(7.0, gt=0)
    moderators: Annotated[tuple[str, ...], NoDecode] = ()
    openai: OpenAiSettings = OpenAiSettings()
    aliyun: AliyunSettings = AliyunSettings()
    tencent: TencentSettings = TencentSettings()
    azure: AzureSettings = AzureSettings()
    guard: GuardSettings = GuardSettings()

    @field_validator("moderators", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value

    @field_validator("moderators")
    @classmethod
    def _users(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            platform, _, user = name.partition(":")
            if not platform or not user:
                raise ValueError("a moderator is a platform and a user there, such as telegram:123")
        return names

    @property
    def moderating(self) -> frozenset[tuple[str, str]]:
        """The moderators as pairs of a platform and a user."""
        return frozenset((platform, user) for platform, _, user in (name.partition(":") for name in self.moderators))
