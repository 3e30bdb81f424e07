from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.keys import id_of, new_key, opens


def test_a_key_opens_for_itself_alone_and_while_it_is_in_force() -> None:
    (text, key), (other, _) = new_key("a", now=1.0), new_key("b", now=1.0)
    assert id_of(text) == key.id
    assert opens(key, text) is True
    assert opens(key, other) is opens(None, text) is opens(replace(key, revoked_at=2.0), text) is False


def test_nothing_that_is_kept_gives_the_key_away() -> None:
    text, key = new_key("a program", now=1.0)
    assert text.startswith("sk-piying-")
    assert text.removeprefix(f"sk-piying-{key.id}-") not in repr(key)
    assert (len(key.digest), key.name, key.created_at, key.revoked_at) == (64, "a program", 1.0, None)
    assert len({new_key("a", now=1.0)[0] for _ in range(100)}) == 100


@given(st.text())
def test_what_is_no_key_opens_nothing(text: str) -> None:
    _, key = new_key("a", now=1.0)
    assert opens(key, text) is opens(None, text) is False
    assert id_of(text) is id_of(f"sk-piying-{text}") is None
