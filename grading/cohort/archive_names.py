"""The names in a zip archive as people wrote them: an entry says UTF-8, or nothing, and then it was any code page."""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

from charset_normalizer import from_bytes

from grading.errors import InputError

UTF8 = 0x800  # bit of a member's flags
UNICODE_PATH = 0x7075  # an extra field of Info-ZIP's: a version, the other name's checksum, and the name in UTF-8
SPECIFIED = "cp437"  # what the format says, and zipfile reads: each byte is one character, so nothing is lost
# What systems pack with, and the first bytes of their common characters: rare ones point to another code page.
COMMON = {"cp932": (0x81, 0x97), "cp950": (0xA4, 0xC6), "gb18030": (0xB0, 0xD7), "cp949": (0xB0, 0xC8)}
CODE_PAGES = [*COMMON, SPECIFIED, "cp850", "cp852", "cp866", "cp1252", "cp1250", "cp1251"]
LANGUAGES = {
    "cp932": "Japanese, Shift-JIS", "cp950": "Chinese, Big5", "gb18030": "Chinese, GBK", "cp949": "Korean",
    "cp852": "Central European", "cp1250": "Central European", "cp866": "Cyrillic", "cp1251": "Cyrillic",
}  # fmt: skip
# The ASCII after the last letter that is none says nothing; a second byte of Shift-JIS or Big5 may be ASCII, too.
TELLING = re.compile(rb"[^/]*[\x80-\xff][\x40-\x7e]?")
MOST_LOOKED_AT = 100_000  # bytes


def raw_name(info: zipfile.ZipInfo) -> bytes:
    """The whole name as it stands in the archive; zipfile cuts it at a NUL, and takes what is not UTF-8 for cp437."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & UTF8 else SPECIFIED, "surrogateescape")


def _says_utf8(info: zipfile.ZipInfo) -> bytes | None:
    """The name that an entry itself says is UTF-8: by its flag, or beside the other one, as 7-Zip and WinRAR do it."""
    if info.flag_bits & UTF8:
        return raw_name(info)
    rest = info.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        field, rest = rest[4 : 4 + size], rest[4 + size :]
        if kind == UNICODE_PATH and field[:5] == struct.pack("<BL", 1, zlib.crc32(raw_name(info))):
            return field[5:]
    return None


def encoding_of(infos: Sequence[zipfile.ZipInfo], said: str = "") -> str:
    """How to read the names that are not flagged as UTF-8: as `said`, or else what all of them together look like."""
    if said:
        return said
    names = [name for info in infos if _says_utf8(info) is None and not (name := raw_name(info)).isascii()]
    rest = [name for name in names if not _decodes(name, "utf-8")]
    if 2 * len(rest) < len(names) or not names:  # macOS forgets the flag
        return "utf-8"
    telling = b"\n".join(match[0] for name in names for match in TELLING.finditer(name))[:MOST_LOOKED_AT]
    fits = [page for page in CODE_PAGES if all(_decodes(name, page) for name in names)]
    found = from_bytes(telling, cp_isolation=fits, threshold=1.0) if fits else ()
    ranked = [(_strange(str(match), match.encoding), match.chaos, fits.index(match.encoding)) for match in found]
    return fits[min(ranked)[2]] if ranked else SPECIFIED


def name_of(info: zipfile.ZipInfo, encoding: str) -> str:
    """The name as text. Only then are backslashes, which old Windows tools write, taken for what parts folders.

    In Big5 and Shift-JIS the byte of a backslash is also half a character. Bytes that cannot be read stay different.
    """
    said = _says_utf8(info)
    text = (
        raw_name(info).decode(encoding, "surrogateescape") if said is None else said.decode("utf-8", "surrogateescape")
    )
    return unicodedata.normalize("NFC", text.replace("\\", "/"))


def read_encoding(said: str) -> str:
    """What `--encoding` said, "" for auto; raises InputError for what is no encoding of names."""
    if said.casefold() in ("", "auto"):
        return ""
    try:
        if "a/M9_01.ipynb".encode(said) == b"a/M9_01.ipynb":
            return said
    except (LookupError, ValueError):
        pass
    raise InputError(f"expected --encoding auto, or one such as big5, shift_jis, gbk or cp852; found {said!r}")


def in_words(encoding: str) -> str:
    """The encoding for a person: "cp950 (Chinese, Big5)"."""
    return f"{encoding} ({LANGUAGES[encoding]})" if encoding in LANGUAGES else encoding


def _decodes(name: bytes, encoding: str) -> bool:
    try:
        name.decode(encoding)
    except UnicodeError:
        return False
    return True


def _strange(text: str, encoding: str) -> int:
    """How unlike people's names it is: signs, half-wide or rare characters, capitals and scripts within a word."""
    strange = 0
    low, high = COMMON.get(encoding, (0, 255))
    for word in re.split(r"[\n_ ]", text):
        for before, char in zip(" " + word, word, strict=False):
            strange += 3 * (char == "\\" and not before.isascii())
            if not char.isascii():
                strange += 3 * (unicodedata.category(char)[0] not in "LM" or "\uff61" <= char <= "\uff9f")
                strange += before.islower() and char.isupper()
                strange += encoding in COMMON and not low <= char.encode(encoding)[0] <= high
        strange += 2 * (len({_script(char) for char in word if char.isalpha()}) > 1)
    return strange


def _script(char: str) -> str:
    script = unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA") else script
