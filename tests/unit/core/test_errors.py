import pytest

from core.errors import (
    Conflict,
    DeliveryError,
    EngineBusy,
    EngineError,
    EngineFault,
    PiyingError,
    PromptBlocked,
    QuotaExceeded,
    Refusal,
    all_codes,
    from_code,
)


def test_every_code_has_one_owner() -> None:
    owners: dict[str, list[str]] = {}
    waiting: list[type[PiyingError]] = [PiyingError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        for code in vars(kind).get("codes", ()):
            owners.setdefault(code, []).append(kind.__name__)
    assert {code: kinds for code, kinds in owners.items() if len(kinds) > 1} == {}
    assert owners.keys() == all_codes().keys()


def test_every_code_says_who_must_act() -> None:
    for code, kind in all_codes().items():
        assert issubclass(kind, (Refusal, EngineError, DeliveryError, Conflict)), code


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_a_stored_code_stands_for_its_error(code: str) -> None:
    error = from_code(code, limit=3)
    assert (error.code, error.details, str(error)) == (code, {"limit": 3}, code)
    assert type(error) is all_codes()[code]


def test_an_unknown_code_is_our_own_fault() -> None:
    assert (type(from_code("no-such")), from_code("no-such", a=1).code) == (EngineFault, "engine-fault")


def test_a_class_takes_only_its_own_codes() -> None:
    assert PromptBlocked().code == "prompt-blocked"
    assert EngineBusy(retry_after=3).details == {"retry_after": 3}
    assert QuotaExceeded("limit-clips", limit=5, resets_at="x").code == "limit-clips"
    with pytest.raises(ValueError, match="prompt-blocked"):
        QuotaExceeded("prompt-blocked")
