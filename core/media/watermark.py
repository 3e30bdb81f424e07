"""Turns a clip's code into a pattern nobody sees, and a clip that was copied, shrunk or cropped back into its code.

The pattern is a tile of 32 x 32 cells, repeated over the picture, the same in every frame. A quarter of its cells only
tells where the tile begins; the others carry 64 bits, each in twelve cells: the code's 35 and a check of 29. Which cell
carries what, and with which sign, only the key tells. A cell is 1/80 of the shorter side, so that the tile keeps its
place when the picture is shrunk. ``bench/provenance.py`` measures what it survives.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from core.jobs.codes import ALPHABET, CODE_LENGTH

CELLS, PER_SIDE = 32, 80
"""Cells along a tile; cells along the picture's shorter side."""
AMPLITUDE = (1, 3, 1)
"""Of 255, added to or taken from red, green and blue: 2.4 of luma, mostly by what it is made of, at 42 dB of PSNR."""
_BITS, _CHECK_BITS, _CHIPS = 64, 29, 12
_FINE = 4
"""Pixels along a cell where it is looked for."""
_WEAK, _FLIPS = 10, 3
_SHORT_SIDES = (480, 720, 704, 1080, 360, 240)
_CLEAR = 4.5
"""Standard deviations by which the tile's beginning must stand out."""


@dataclass(frozen=True)
class _Layout:
    """``sync`` is the tile's fixed part (32 x 32, -1, 0, 1); ``cells`` and ``signs`` are 64 x 12: where a bit lies."""

    sync: np.ndarray
    cells: np.ndarray
    signs: np.ndarray


class Watermark:
    """A code as a pattern for frames of one size in pixels.

    Raises:
        ValueError: it is no code of ours.
    """

    def __init__(self, key: bytes, code: str, width: int, height: int) -> None:
        tile = _tile(key, _payload(key, code))
        cell = min(width, height) / PER_SIDE
        rows, columns = (((np.arange(side) + 0.5) / cell).astype(int) % CELLS for side in (height, width))
        pattern = tile[np.ix_(rows, columns)][..., np.newaxis] * np.array(AMPLITUDE, np.int8)
        self._more = pattern.clip(min=0).astype(np.uint8)
        self._less = (-pattern).clip(min=0).astype(np.uint8)

    def write_on(self, frame: np.ndarray) -> None:
        """Add it to a frame, HxWx3 uint8 RGB, in place; black and white stay what they are."""
        np.minimum(frame, 255 - self._more, out=frame)
        np.add(frame, self._more, out=frame)
        np.maximum(frame, self._less, out=frame)
        np.subtract(frame, self._less, out=frame)

    def take_off(self, frame: np.ndarray) -> None:
        """Take it from a frame that carries it, in place, for one that gets another."""
        np.maximum(frame, self._more, out=frame)
        np.subtract(frame, self._more, out=frame)
        np.minimum(frame, 255 - self._less, out=frame)
        np.add(frame, self._less, out=frame)


def find_code(key: bytes, picture: np.ndarray) -> str | None:
    """The code in a picture, HxW float32 luma: best the mean of many frames of a clip. None where none is found."""
    rest = _without_what_is_seen(picture)
    for cell in _cell_sizes(*picture.shape):
        tile = _folded(rest, cell)
        code = None if tile is None else _read(key, tile)
        if code:
            return code
    return None


def _payload(key: bytes, code: str) -> int:
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError(f"{code} is no code")
    number = 0
    for char in code:
        number = number * len(ALPHABET) + ALPHABET.index(char)
    return number << _CHECK_BITS | _check(key, number)


def _check(key: bytes, number: int) -> int:
    digest = hmac.digest(key, number.to_bytes(8, "big"), "sha256")
    return int.from_bytes(digest[:4], "big") >> (32 - _CHECK_BITS)


def _code(key: bytes, payload: int) -> str | None:
    number, check = divmod(payload, 1 << _CHECK_BITS)
    if number >= len(ALPHABET) ** CODE_LENGTH or _check(key, number) != check:
        return None
    chars = []
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        chars.append(ALPHABET[digit])
    return "".join(reversed(chars))


@cache
def _layout(key: bytes) -> _Layout:
    """From a hash and not from a random generator, whose numbers may be others in another version."""
    count = CELLS * CELLS
    noise = hashlib.shake_256(b"piying watermark" + key).digest(count * 9)
    order = np.argsort(np.frombuffer(noise[: count * 8], ">u8"), kind="stable")
    signs = np.where(np.frombuffer(noise[count * 8 :], np.uint8) & 1, 1, -1).astype(np.int8)
    carried = _BITS * _CHIPS
    sync = np.zeros(count, np.int8)
    sync[order[carried:]] = signs[carried:]
    shape = (_BITS, _CHIPS)
    return _Layout(sync.reshape(CELLS, CELLS), order[:carried].reshape(shape), signs[:carried].reshape(shape))


def _tile(key: bytes, payload: int) -> np.ndarray:
    layout = _layout(key)
    tile = layout.sync.copy()
    bits = np.array([1 if payload >> bit & 1 else -1 for bit in range(_BITS)], np.int8)
    tile.ravel()[layout.cells] = layout.signs * bits[:, np.newaxis]
    return tile


def _without_what_is_seen(picture: np.ndarray) -> np.ndarray:
    """What of a picture differs from its surroundings, evened out, so that no edge outweighs the pattern."""
    import cv2

    wide = max(3, round(min(picture.shape) / PER_SIDE * 3) | 1)
    rest = picture - cv2.blur(picture, (wide, wide))
    spread = np.sqrt(np.maximum(cv2.blur(rest * rest, (wide, wide)), 0)) + 0.5
    evened: np.ndarray = np.clip(rest / spread, -2, 2)
    return evened


def _cell_sizes(height: int, width: int) -> Iterator[float]:
    """Likely first: as it was made; cropped; cropped and brought to another size."""
    short = min(height, width)
    yield short / PER_SIDE
    yield from (side / PER_SIDE for side in _SHORT_SIDES if 0.5 < short / side < 1)
    yield from (short / PER_SIDE * (1 + step / 500) for step in range(1, 76))


def _folded(rest: np.ndarray, cell: float) -> np.ndarray | None:
    """All tiles laid over each other, 128 x 128; None where the picture is smaller than one."""
    import cv2

    side, scale = CELLS * _FINE, _FINE / cell
    height, width = (round(length * scale) for length in rest.shape)
    down, across = height // side, width // side
    if not down or not across:
        return None
    fine = cv2.resize(rest, (width, height), interpolation=cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA)
    padded = np.pad(fine, ((0, -height % side), (0, -width % side)))
    folded: np.ndarray = padded.reshape(-1, side, padded.shape[1] // side, side).sum((0, 2))
    return folded


def _read(key: bytes, tile: np.ndarray) -> str | None:
    layout = _layout(key)
    sync = layout.sync.astype(np.float32).repeat(_FINE, 0).repeat(_FINE, 1)
    match = np.fft.irfft2(np.fft.rfft2(tile) * np.conj(np.fft.rfft2(sync)), tile.shape)
    row, column = np.unravel_index(np.argmax(match), match.shape)
    if match[row, column] < _CLEAR * match.std():
        return None
    placed = np.roll(tile, (-row, -column), (0, 1))
    cells = placed.reshape(CELLS, _FINE, CELLS, _FINE).sum((1, 3)).ravel()
    return _decoded(key, (cells[layout.cells] * layout.signs).sum(1))


def _decoded(key: bytes, votes: np.ndarray) -> str | None:
    """The code whose check is right, the weakest votes turned where it is not."""
    payload = sum(1 << bit for bit in range(_BITS) if votes[bit] > 0)
    weakest = [1 << int(bit) for bit in np.argsort(np.abs(votes))[:_WEAK]]
    for count in range(_FLIPS + 1):
        for turned in combinations(weakest, count):
            code = _code(key, payload ^ sum(turned))
            if code:
                return code
    return None
