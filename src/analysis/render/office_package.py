"""The container of an office file, packed so that the same parts give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Final

#: an instant every zip file can name
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_CONTENT_TYPES: Final = "[Content_Types].xml"
_PROPERTIES: Final = "docProps/core.xml"
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")


def repack(data: bytes, saved: dt.datetime | None = None) -> bytes:
    """Return a package with its parts in a fixed order and without times.

    Args:
        data: the file.
        saved: what it shall say of when it was last saved; left out, what it says.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        # readers look for the list of content types first
        for name in sorted(old.namelist(), key=lambda part: (part != _CONTENT_TYPES, part)):
            part = old.read(name)
            if saved is not None and name == _PROPERTIES:
                part = _MODIFIED.sub(rb"\g<1>" + f"{saved:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # the same on every system
            entry.create_system, entry.external_attr = 0, 0
            new.writestr(entry, part)
    return packed.getvalue()
