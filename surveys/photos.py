"""Pictures of physical problems: painted anew, so that nothing but the pixels is kept of what was sent."""

from __future__ import annotations

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_PIXELS = 51_000_000  # what telephones of 50 megapixels take
PHOTO_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
# What a file of the family ISO 14496-12 says after «ftyp», and what it is: telephones write all of them.
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF = (b"avif", b"avis")


class PhotoRefused(ValueError):
    """The picture cannot be used; the message tells the sender why, and what to do."""


def photo_clean(raw: bytes) -> bytes:
    """A new JPEG of at most 1600 pixels a side with nothing but the pixels of the given one. Raises PhotoRefused."""
    if len(raw) > PHOTO_BYTES:
        raise PhotoRefused(_("Billedet er for stort. Det må højst fylde 10 MB."))
    if raw[4:8] == b"ftyp":
        raise PhotoRefused(_family_words(raw[8:12]))
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as image:
            if getattr(image, "n_frames", 1) > 1:
                raise PhotoRefused(_("Billedet bevæger sig. Vælg et billede, der står stille."))
            if image.width * image.height > PHOTO_PIXELS:
                raise PhotoRefused(_("Billedet har for mange punkter. Vælg et mindre billede."))
            return _painted(image)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise PhotoRefused(_("Filen er ikke et billede, vi kan læse. Vælg et JPEG- eller PNG-billede.")) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, PhotoRefused):
            raise
        raise PhotoRefused(_("Billedet er ikke kommet helt med, eller det er gået i stykker. Prøv igen.")) from error


def _painted(image: Image.Image) -> bytes:
    image.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    # Only the pixels are carried over: no place, no time, no camera, no colour profile. White shines through.
    clean = Image.new("RGB", turned.size, "white")
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        clean.paste(turned, mask=turned)
    else:
        clean.paste(turned.convert("RGB"))
    target = BytesIO()
    clean.save(target, "JPEG", quality=82, optimize=True)
    return target.getvalue()


def _family_words(brand: bytes) -> str:
    if brand in HEIC:
        return _(
            "Billedet er i formatet HEIC, som vi ikke kan læse. Tag et skærmbillede af det, og vælg skærmbilledet, "
            "eller gem det som JPEG."
        )
    if brand in AVIF:
        return _("Filen er ikke et billede, vi kan læse. Vælg et JPEG- eller PNG-billede.")
    return _("Filen er en video. Vælg et billede.")
