"""Turns a picture of a clip into one whose metadata say, too, that it was made by AI.

As TC260's practice guide to GB 45438-2025 has it for picture files: the JSON of a clip's ``AIGC`` field as XMP, in a
name space of its own. What others wrote into a clip may be of any length: more than a segment holds is left out.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

_NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_MOST = 65_533
"""Bytes of one segment of a JPEG."""
_HAS_XMP = 0x04
_SOI, _APP0, _APP1 = b"\xff\xd8", b"\xff\xe0", b"\xff\xe1"


def xmp(aigc: str) -> bytes:
    """The XMP packet that holds the JSON."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:TC260="{_NAMESPACE}"><TC260:AIGC>{escape(aigc)}</TC260:AIGC>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def mark_jpeg(picture: bytes, aigc: str) -> bytes:
    """The JPEG with that in its metadata; nothing of the picture changes. "" leaves it as it is."""
    packet = _HEADER + xmp(aigc)
    if not aigc or len(packet) > _MOST or picture[:2] != _SOI:
        return picture
    start = 2
    if picture[2:4] == _APP0:
        # JFIF wants to be first.
        start += 2 + int.from_bytes(picture[4:6], "big")
    segment = _APP1 + (len(packet) + 2).to_bytes(2, "big") + packet
    return picture[:start] + segment + picture[start:]


def mark_webp(picture: bytes, aigc: str) -> bytes:
    """The same for a WebP of several parts, such as an animation."""
    if not aigc or picture[8:16] != b"WEBPVP8X":
        return picture
    packet = xmp(aigc)
    chunk = b"XMP " + len(packet).to_bytes(4, "little") + packet + b"\0" * (len(packet) % 2)
    flags = bytes([picture[20] | _HAS_XMP])
    end = 8 + int.from_bytes(picture[4:8], "little")
    body = picture[8:20] + flags + picture[21:end] + chunk
    return b"RIFF" + len(body).to_bytes(4, "little") + body
