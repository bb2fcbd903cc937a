"""Photos: the picture stays, and nothing else that their file said."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shared.privacy.photos import EDGE_PIXELS_MAX, NotAPhotoError, redrawn

CANARY = "canary 10000000099"
EXIF_DESCRIPTION, EXIF_ORIENTATION = 0x010E, 0x0112


def exif(orientation: int = 1) -> bytes:
    notes = Image.Exif()
    notes[EXIF_DESCRIPTION], notes[EXIF_ORIENTATION] = CANARY, orientation
    return notes.tobytes()


def png_notes() -> PngInfo:
    notes = PngInfo()
    notes.add_text("Comment", CANARY)
    notes.add_itxt("XML:com.adobe.xmp", CANARY)
    return notes


def file(kind: str, size: tuple[int, int] = (64, 32), **notes: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind, **notes)
    return written.getvalue()


FILES = {
    "a JPEG's comment": file("JPEG", comment=CANARY),
    "a JPEG's EXIF": file("JPEG", exif=exif()),
    "a JPEG's XMP": file("JPEG", xmp=CANARY.encode()),
    "a JPEG's profile": file("JPEG", icc_profile=CANARY.encode()),
    "a PNG's texts": file("PNG", pnginfo=png_notes()),
    "a PNG's EXIF and profile": file("PNG", exif=exif(), icc_profile=CANARY.encode()),
    "a WebP's EXIF, XMP and profile": file("WEBP", exif=exif(), xmp=CANARY.encode(), icc_profile=CANARY.encode()),
    "what stands after the picture": file("JPEG") + CANARY.encode(),
}


@pytest.mark.parametrize("where", FILES)
def test_words_in_a_photos_file_are_gone(where: str) -> None:
    picture = redrawn(FILES[where])

    assert CANARY.encode() not in picture
    with Image.open(io.BytesIO(picture)) as image:
        assert (image.format, image.size, set(image.info)) == (
            "JPEG",
            (64, 32),
            {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
        )


def test_a_photo_is_turned_upright() -> None:
    with Image.open(io.BytesIO(redrawn(file("JPEG", exif=exif(orientation=6))))) as image:
        assert image.size == (32, 64)


def test_a_photo_is_no_larger_than_a_screen_shows() -> None:
    with Image.open(io.BytesIO(redrawn(file("JPEG", (4000, 1000))))) as image:
        assert image.size == (EDGE_PIXELS_MAX, 640)


@pytest.mark.parametrize(
    "content", [b"", b"text", file("JPEG")[:200], file("GIF"), file("PNG", (10_000, 5_001))], ids=lambda each: len(each)
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPhotoError):
        redrawn(content)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_damage_is_a_photo_or_refused_and_nothing_else(at: int, damage: bytes) -> None:
    whole = file("JPEG", exif=exif(orientation=6))

    try:
        picture = redrawn(whole[:at] + damage + whole[at + len(damage) :])
    except NotAPhotoError:
        return

    assert CANARY.encode() not in picture
