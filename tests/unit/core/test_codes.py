from hypothesis import given
from hypothesis import strategies as st

from core.jobs.codes import CODE_LENGTH, new_code, new_id


@given(st.text())
def test_an_id_is_always_the_same_and_fits_its_column(key: str) -> None:
    assert new_id(key) == new_id(key)
    assert len(new_id(key)) == 32


@given(st.text(), st.text())
def test_other_keys_have_other_ids(one: str, other: str) -> None:
    assert (new_id(one) == new_id(other)) is (one == other)


def test_codes_are_short_told_apart_by_ear_and_hardly_ever_alike() -> None:
    codes = {new_code() for _ in range(5000)}
    assert len(codes) == 5000
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert not set("".join(codes)) & set("01ILOU")
    assert "".join(codes).isalnum()
    assert "".join(codes) == "".join(codes).upper()
