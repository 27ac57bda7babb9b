"""Pictures: what telephones and people send, what is made of it, and the words for what cannot be used."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from surveys.photos import PHOTO_BYTES, PhotoRefused, photo_clean


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    target = BytesIO()
    image.save(target, kind, **more)  # type: ignore[arg-type]
    return target.getvalue()


def noise(size: tuple[int, int] = (80, 60)) -> Image.Image:
    return Image.effect_noise(size, 90).convert("RGB")


def moving(kind: str) -> bytes:
    first, second = noise(), noise()
    return saved(first, kind, save_all=True, append_images=[second])


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of millions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def ftyp(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00" * 400


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (ftyp(b"heic"), "HEIC"),
        (ftyp(b"mif1"), "HEIC"),
        (ftyp(b"isom"), "video"),
        (ftyp(b"avif"), "JPEG- eller PNG"),
        (SVG, "JPEG- eller PNG"),
        (b"MZ\x90\x00" + b"\x00" * 400, "JPEG- eller PNG"),
        (b"%PDF-1.7 no picture", "JPEG- eller PNG"),
        (saved(noise(), "GIF"), "JPEG- eller PNG"),
        (saved(noise(), "BMP"), "JPEG- eller PNG"),
        (b"", "JPEG- eller PNG"),
        (moving("PNG"), "bevæger sig"),
        (moving("WEBP"), "bevæger sig"),
        (saved(noise(), "JPEG")[:900], "helt med"),
        (saved(noise(), "PNG")[:4000], "helt med"),
        (png_that_claims(9000, 9000), "for mange punkter"),
        (png_that_claims(60000, 60000), "JPEG- eller PNG"),
        (b"\xff\xd8" + b"\x00" * (PHOTO_BYTES + 1), "10 MB"),
    ],
)
def test_what_cannot_be_used_is_said_in_plain_words(raw: bytes, words: str) -> None:
    with pytest.raises(PhotoRefused, match=words):
        photo_clean(raw)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_the_pixels_are_kept(kind: str) -> None:
    image = noise((2000, 1000))
    exif = Image.Exif()
    exif[0x010F] = "Kameraets navn"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = photo_clean(saved(image, kind, exif=exif, icc_profile=profile))
    made = Image.open(BytesIO(clean))
    assert made.format == "JPEG"
    assert made.size == (1600, 800)
    assert not made.getexif()
    assert "icc_profile" not in made.info
    assert b"Kameraets" not in clean


def test_a_picture_taken_sideways_is_turned_and_see_through_becomes_white() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(BytesIO(photo_clean(saved(noise((100, 50)), "JPEG", exif=exif)))).size == (50, 100)
    glass = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert Image.open(BytesIO(photo_clean(saved(glass, "PNG")))).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA", "I;16"])
def test_every_way_of_colouring_is_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert Image.open(BytesIO(photo_clean(saved(Image.new(mode, (30, 20)), kind)))).mode == "RGB"
