"""Turns environment variables (``PIYING_TRANSLATION__…``) into which translators there are, and in what order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from piying.parts import Part, read_secret

BUILT_IN = ("phrase", "gloss")
"""Those that need nothing set up."""
TRANSLATORS = ("llm", "deepl", "tencent", "baidu", "nmt", *BUILT_IN)
"""All there are, in the order in which they are asked where no other is set."""

_PREFIX = "PIYING_TRANSLATION"


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("this is no address; write https://host/path")
    if parts.username is not None:
        raise ValueError("no password belongs into an address: it would end in logs")
    return url


WebAddress = Annotated[str, AfterValidator(_web_address)]


class _Service(Part):
    """A service on the network. Its key (or a file that holds it) turns it on; ``timeout`` is in seconds."""

    key: SecretStr | None = None
    key_file: Path | None = None
    timeout: float = Field(6.0, gt=0)

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


class LlmSettings(_Service):
    """Any endpoint with OpenAI's chat protocol. A server of one's own may need no key."""

    timeout: float = Field(12.0, gt=0)
    base_url: WebAddress | None = None
    model: str | None = None
    json_schema: bool = False
    extra: Annotated[dict[str, Any] | None, NoDecode] = None

    @field_validator("extra", mode="before")
    @classmethod
    def _from_json(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            found = json.loads(value)
        except ValueError:
            raise ValueError('this is no JSON; write {"enable_thinking": false}, say') from None
        if not isinstance(found, dict):
            # Pydantic would take a list of pairs.
            raise ValueError('this is no JSON object; write {"enable_thinking": false}, say')  # noqa: TRY004
        return found

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.base_url is None) != (self.model is None):
            raise ValueError(f"set both {_PREFIX}__LLM__BASE_URL and …__MODEL, or neither")
        return self

    @property
    def is_on(self) -> bool:
        """Whether it is set up."""
        return self.base_url is not None


class DeeplSettings(_Service):
    """DeepL. ``url`` replaces the address that the key belongs to."""

    url: WebAddress | None = None


class TencentSettings(_Service):
    """Tencent Cloud's machine translation; ``key`` is the SecretKey."""

    secret_id: str | None = None
    region: str = "ap-guangzhou"
    url: WebAddress = "https://tmt.tencentcloudapi.com"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.secret_id is None) == self.is_on:
            raise ValueError(f"set both {_PREFIX}__TENCENT__SECRET_ID and …__KEY (or …__KEY_FILE), or neither")
        return self


class BaiduSettings(_Service):
    """Baidu Fanyi's general text API."""

    app_id: str | None = None
    url: WebAddress = "https://fanyi-api.baidu.com/api/trans/vip/translate"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.app_id is None) == self.is_on:
            raise ValueError(f"set both {_PREFIX}__BAIDU__APP_ID and …__KEY (or …__KEY_FILE), or neither")
        return self


class NmtSettings(Part):
    """A folder with a model that CTranslate2 runs here, on ``threads`` cores."""

    folder: Path | None = None
    threads: int = Field(1, ge=1)
    timeout: float = Field(6.0, gt=0)

    @property
    def is_on(self) -> bool:
        """Whether it is set up."""
        return self.folder is not None


class TranslationSettings(Part):
    """Who translates. ``failures`` in a row let a translator rest for ``pause`` seconds."""

    order: Annotated[tuple[str, ...], NoDecode] = ()
    failures: int = Field(3, ge=1)
    pause: float = Field(30.0, gt=0)
    llm: LlmSettings = LlmSettings()
    deepl: DeeplSettings = DeeplSettings()
    tencent: TencentSettings = TencentSettings()
    baidu: BaiduSettings = BaiduSettings()
    nmt: NmtSettings = NmtSettings()

    @field_validator("order", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value

    @field_validator("order")
    @classmethod
    def _known(cls, order: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in order if name not in TRANSLATORS]:
            raise ValueError(f"no translator {', '.join(unknown)}: there is {', '.join(TRANSLATORS)}")
        if len(set(order)) < len(order):
            raise ValueError("a translator is named twice")
        return order

    @model_validator(mode="after")
    def _set_up(self) -> Self:
        if missing := [name for name in self.order if not self._is_on(name)]:
            raise ValueError(f"{_PREFIX}__ORDER names {missing[0]}, which is not set up")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The translators to ask, in their order."""
        return self.order or tuple(filter(self._is_on, TRANSLATORS))

    def _is_on(self, name: str) -> bool:
        part = getattr(self, name, None)
        # What is built in has no settings.
        return part is None or part.is_on
