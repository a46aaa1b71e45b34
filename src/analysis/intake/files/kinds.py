"""What a file is, by its content: names lie, contents do not."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePath
from typing import Final, Literal

from analysis.intake.files.sheets import UnusableFileError

Kind = Literal["xlsx", "xls", "ods", "text"]

#: the endings that can be read, and what stands behind them
ENDINGS: Final[dict[str, Kind]] = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods", ".csv": "text", ".tsv": "text", ".txt": "text",
}  # fmt: skip
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: beginnings of files that are no tables, or none that can be read, and what they are
_HEADS: Final = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "document"),
    # Excel 2 to 4 wrote their records straight into the file
    (b"\x09\x00\x04\x00", "old_excel"),
    (b"\x09\x02\x06\x00", "old_excel"),
    (b"\x09\x04\x06\x00", "old_excel"),
)
#: the bit of a zip entry that only a password opens
_LOCKED: Final = 0x1
#: what a container raises that was cut off, bent, or packed by a method nobody reads
_BROKEN_ZIP: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_MARKUP: Final = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b",
    re.IGNORECASE | re.DOTALL,
)


def check_kind(content: bytes, file: str) -> Kind:
    """Return what a file is to be read as.

    Args:
        content: its bytes.
        file: its name, whose ending says what it ought to be.

    Raises:
        UnusableFileError: `file_empty`, `file_ending_unknown`, `file_encrypted`, or `file_is_another` with what it
            really is.
    """
    wanted = ENDINGS.get(PurePath(file).suffix.lower())
    if wanted is None:
        raise UnusableFileError("file_ending_unknown", known=" ".join(ENDINGS))
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnusableFileError("file_empty")
    really = kind_of(content)
    if really == "encrypted":
        raise UnusableFileError("file_encrypted")
    if really == "damaged":
        raise UnusableFileError("file_damaged")
    if really != wanted:
        raise UnusableFileError("file_is_another", really=really, remedy_for=really)
    return wanted


def kind_of(content: bytes) -> str:
    """Return what a file is: a `Kind`, or one of the things that cannot be read."""
    for head, kind in _HEADS:
        if content.startswith(head):
            return kind
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(content)
    if content.startswith(_OLE):
        return _ole_kind(content)
    return _text_kind(content)


def _zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            if any(entry.flag_bits & _LOCKED for entry in container.infolist()):
                return "encrypted"
            names = set(container.namelist())
            mimetype = container.read("mimetype") if "mimetype" in names else b""
            manifest = container.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    except _BROKEN_ZIP:
        return "damaged"
    if b"encryption-data" in manifest:
        return "encrypted"
    found = {
        "xlsx": "xl/workbook.xml" in names,
        "xlsb": "xl/workbook.bin" in names,
        "ods": mimetype.strip() == b"application/vnd.oasis.opendocument.spreadsheet",
        "document": "word/document.xml" in names or mimetype.startswith(b"application/vnd.oasis"),
    }
    return next((kind for kind, is_so in found.items() if is_so), "archive")


def _ole_kind(content: bytes) -> str:
    """Return what a compound file holds, by the names of its streams."""
    streams = {
        name: f"{name}\0".encode("utf-16-le") in content
        for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")
    }
    if streams["EncryptedPackage"]:
        return "encrypted"
    if streams["Workbook"]:
        return "xls"
    if streams["Book"]:
        return "old_excel"
    return "document" if streams["WordDocument"] else "damaged"


def _text_kind(content: bytes) -> str:
    head = content[:4096]
    if head.startswith(_UTF16):
        head = head[: len(head) // 2 * 2].decode("utf-16", errors="ignore").encode("utf-8")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(head):
        return "html"
    if head.lstrip().startswith(b"<?xml"):
        return "xml"
    if head.startswith(b"MIME-Version"):
        return "html"
    return "binary" if b"\0" in head else "text"
