"""Turns a time of day and a weather into light: sky colours, a tint for all things, and haze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.engines.scene.drawing.colour import Rgb, hexed, mix, rgb, times
from core.engines.scene.scene import TimeOfDay, Weather


@dataclass(frozen=True)
class Light:
    """How a scene is lit. Colours are sRGB triples in 0..1.

    ``sky`` runs from the zenith to the horizon; ``tint`` multiplies every material; ``haze`` is what distance fades
    to, ``thickness`` (0..1) how much. ``glow`` is the hour's own colour, of which every surface takes ``glowing``;
    ``frost`` is how much snow lies on things. ``orb`` is the visible sun or moon, ``lamps`` whether windows glow.
    """

    time: TimeOfDay
    weather: Weather
    sky: tuple[Rgb, Rgb, Rgb]
    tint: Rgb
    haze: Rgb
    thickness: float
    cloud: Rgb
    cover: float
    orb: Literal["sun", "moon"] | None
    orb_colour: Rgb
    shadow: float
    glow: Rgb
    glowing: float
    frost: float

    @property
    def lamps(self) -> bool:
        """Whether people have switched their lights on."""
        return self.time in ("sunset", "night") or self.weather == "storm"

    @property
    def stars(self) -> bool:
        """Whether stars can be seen."""
        return self.time == "night" and self.weather == "clear"

    def on(self, material: str, distance: float = 0.0) -> str:
        """A material's ``#rrggbb`` under this light at a distance of 0 (near) to 1 (the horizon)."""
        lit = self.near(mix(rgb(material), (0.95, 0.97, 1.0), self.frost * (1.0 if distance < 0.05 else 0.4)))
        return hexed(mix(lit, self.haze, distance * self.thickness))

    def near(self, material: Rgb) -> Rgb:
        """A material right before the camera."""
        return mix(times(material, self.tint), self.glow, self.glowing)

    def water(self, material: str, nearness: float) -> Rgb:
        """Water that mirrors the sky: the horizon's colours far off, the zenith's near (``nearness`` 0..1)."""
        sky = mix(self.sky[2], mix(self.sky[1], self.sky[0], 0.6), min(1.0, nearness * 1.25))
        return mix(
            times(rgb(material), self.tint), sky, 0.42 if self.time == "day" else 0.55 if self.time == "night" else 0.80
        )

    @property
    def sprite_tint(self) -> Rgb:
        """The tint for subjects: a part of the scenery's, so that their colours stay what was asked for."""
        return mix((1.0, 1.0, 1.0), self.tint, 0.38)


_Hour = tuple[tuple[str, str, str], Rgb, str, str, Literal["sun", "moon"], str, float, str, float]
_HOURS: dict[TimeOfDay, _Hour] = {
    "day": (
        ("#3f9be6", "#8fd0f7", "#dff3fb"),
        (1.0, 1.0, 1.0),
        "#cfe8f5",
        "#ffffff",
        "sun",
        "#fff3b0",
        0.26,
        "#ffffff",
        0.0,
    ),
    "sunrise": (
        ("#6f9bd8", "#f3b7b0", "#ffe9bd"),
        (1.0, 0.9, 0.86),
        "#ffd9c4",
        "#ffe4da",
        "sun",
        "#fff1c2",
        0.22,
        "#ff9f8f",
        0.10,
    ),
    "sunset": (
        ("#40367c", "#dd5f78", "#ffbd6b"),
        (0.93, 0.71, 0.67),
        "#f0896f",
        "#f59a8a",
        "sun",
        "#ffe08a",
        0.26,
        "#8a3f7a",
        0.15,
    ),
    "night": (
        ("#0b1136", "#1b2a63", "#3d5192"),
        (0.37, 0.44, 0.68),
        "#33437f",
        "#43528f",
        "moon",
        "#f6f1d3",
        0.30,
        "#1f3a8a",
        0.20,
    ),
}
# A grey that the sky turns to, how far, the tint's factor, added haze, and the share of sky under clouds.
_WEATHERS: dict[Weather, tuple[str, float, float, float, float]] = {
    "clear": ("#ffffff", 0.0, 1.0, 0.0, 0.35),
    "cloudy": ("#b8c6d3", 0.55, 0.94, 0.08, 1.0),
    "rain": ("#8796a8", 0.72, 0.80, 0.18, 1.0),
    "snow": ("#d3deea", 0.66, 0.97, 0.14, 0.8),
    "fog": ("#d5dce0", 0.74, 0.95, 0.36, 0.2),
    "storm": ("#414c62", 0.82, 0.58, 0.14, 1.0),
}


def light(time: TimeOfDay, weather: Weather) -> Light:
    """The light of an hour under a weather."""
    sky, tint, haze, cloud, orb, orb_colour, shadow, glow, glowing = _HOURS[time]
    grey, share, dim, thicker, cover = _WEATHERS[weather]
    veil = times(rgb(grey), mix(tint, (1.0, 1.0, 1.0), 0.12))
    tones = tuple(mix(rgb(tone), veil, share * weight) for tone, weight in zip(sky, (1.0, 1.0, 0.9), strict=True))
    overcast = weather in ("rain", "storm", "fog", "snow")
    return Light(
        time=time,
        weather=weather,
        sky=(tones[0], tones[1], tones[2]),
        tint=times(tint, (dim, dim, min(1.0, dim + 0.05))),
        haze=mix(rgb(haze), veil, min(1.0, share + 0.1) if share else 0.0),
        thickness=min(1.0, 0.62 + thicker),
        cloud=mix(
            mix(rgb(cloud), veil, share), times(tint, (0.30, 0.36, 0.48)), 0.22 if weather in ("rain", "storm") else 0.0
        ),
        cover=cover,
        orb=None if overcast else orb,
        orb_colour=rgb(orb_colour),
        shadow=shadow * (0.45 if overcast else 0.7 if weather == "cloudy" else 1.0),
        glow=rgb(glow),
        glowing=glowing * (1 - 0.5 * share),
        frost=0.82 if weather == "snow" else 0.0,
    )
