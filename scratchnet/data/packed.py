"""Text as an address holds it: compressed, in letters and digits that need no escape."""

import base64
import zlib


def pack(text: str) -> str:
    """Return text for an address."""
    packed = zlib.compress(text.encode(), level=9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str, most: int) -> str | None:
    """Return the text that ``pack`` was given, of at most so many bytes however much it holds.

    None for anything else.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, most)
        return plain.decode() if unpacking.eof and not unpacking.unused_data else None
    except (ValueError, zlib.error):
        return None
