"""Turns sound into its loudness, and loud or soft sound into sound of one loudness, after ITU-R BS.1770-4.

The two K-weighting filters run in the frequency domain: their response falls below a double's precision within the
padding, so that nothing of it wraps around, and the result is that of running them sample by sample.
"""

from __future__ import annotations

import math

import numpy as np

SAMPLE_RATE = 48_000
"""The rate for which the standard gives its coefficients, and at which everything here is."""
TARGET = -16.0
"""LUFS; what streaming services play speech and mixed programmes at."""
CEILING = 10 ** (-1 / 20)
"""-1 dBFS: a lossy codec adds a little to the peaks."""
MOST_GAIN = 20.0
"""dB. What is softer was meant to be soft, or is the model's hiss."""
MOST_LIMITING = 6.0
"""dB that peaks may be pressed down by; where that does not do, the whole stays softer."""

# BS.1770-4, tables 1 and 2: the head's shelf, then the high-pass; numerator and denominator in powers of 1/z.
_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
_PADDING = 16_384
"""Samples; the slowest pole has the radius 0.995, and 0.995 ** 16,384 is below 1e-35."""
_STEP = SAMPLE_RATE // 10
_STEPS_A_BLOCK = 4
_OFFSET = -0.691
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0

_NODE = SAMPLE_RATE // 200
_SLOPE = 0.5
"""dB by which the limiter's gain may change from one node to the next, 5 ms later."""


def loudness(sound: np.ndarray) -> float:
    """Integrated loudness in LUFS of samples x channels (mono or stereo) at 48 kHz.

    Minus infinity for silence and for what is shorter than the standard's block of 400 ms.
    """
    blocks = _block_powers(sound)
    loud = blocks[_lufs(blocks) > _ABSOLUTE_GATE]
    if not loud.size:
        return -math.inf
    return float(_lufs(loud[_lufs(loud) > _lufs(loud.mean()) + _RELATIVE_GATE].mean()))


def levelled(sound: np.ndarray) -> np.ndarray:
    """The sound at -16 LUFS with no sample above -1 dBFS, float32; softer where that asks too much of gain or limiter.

    Silence stays silence.
    """
    peak, gain = float(np.abs(sound).max(initial=0.0)), 0.0
    result = sound
    if not peak:
        return sound.astype(np.float32)
    most = min(MOST_GAIN, 20 * math.log10(CEILING / peak) + MOST_LIMITING)
    # Where the limiter works it takes some loudness with it, which the second round gives back.
    for _ in range(2):
        measured = loudness(result)
        missing = 0.0 if math.isinf(measured) else TARGET - measured
        gain = min(gain + missing, most)
        result = _limited(sound * 10 ** (gain / 20))
    return np.asarray(result, np.float32)


def _block_powers(sound: np.ndarray) -> np.ndarray:
    """Mean squares of the K-weighted blocks, 400 ms each and 100 ms apart, added up over the channels."""
    steps = len(sound) // _STEP
    if steps < _STEPS_A_BLOCK:
        return np.empty(0)
    squares = _weighted(sound)[: steps * _STEP] ** 2
    powers = squares.sum(axis=1).reshape(steps, _STEP).mean(axis=1)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(powers, _STEPS_A_BLOCK).mean(axis=1))


def _weighted(sound: np.ndarray) -> np.ndarray:
    size = 1 << (len(sound) + _PADDING - 1).bit_length()
    back = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones_like(back)
    for above, below in _STAGES:
        response *= np.polynomial.polynomial.polyval(back, above) / np.polynomial.polynomial.polyval(back, below)
    channels = [np.fft.irfft(np.fft.rfft(channel, size) * response, size) for channel in sound.T]
    return np.stack(channels, axis=1)[: len(sound)]


def _lufs(power: np.ndarray) -> np.ndarray:
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(power, 1e-30)))


def _limited(sound: np.ndarray) -> np.ndarray:
    """Press the peaks below the ceiling by a gain that changes slowly, and begins to before the peak comes."""
    nodes = -(-len(sound) // _NODE)
    padded = np.zeros(nodes * _NODE)
    padded[: len(sound)] = np.abs(sound).max(axis=1)
    peaks = padded.reshape(nodes, _NODE).max(axis=1)
    needed = 20 * np.log10(CEILING / np.maximum(peaks, CEILING))
    if not needed.any():
        return sound
    gains = 10 ** (_eased(needed) / 20)
    moments = np.arange(len(sound))
    return sound * np.interp(moments, np.arange(nodes + 1) * _NODE, gains)[:, None]


def _eased(needed: np.ndarray) -> np.ndarray:
    """In dB at the borders of the stretches: nowhere above what either side needs, nor steeper than the slope."""
    borders = np.minimum(np.append(needed, 0.0), np.insert(needed, 0, 0.0))
    reach = math.ceil(-borders.min() / _SLOPE)
    slopes = _SLOPE * np.abs(np.arange(-reach, reach + 1))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(borders, reach), 2 * reach + 1)
    return np.asarray((windows + slopes).min(axis=1))
