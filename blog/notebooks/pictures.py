"""Pictures that a notebook carries: checked, stored under the digest of what they are, shown.

The stored HTML of a page names a picture by that digest and not by an address, so pictures follow
when the storage moves. Storing one twice changes nothing.
"""

import base64
import binascii
import hashlib
import logging
import re
from dataclasses import dataclass
from html import escape
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from wagtail.rich_text import EmbedHandler

from blog.notebooks.svg import SvgError, clean_svg

FOLDER = "notebooks"
MOST_PIXELS = 50_000_000
WIDEST = 4_000
FORMATS = {  # What Pillow calls it, and how its file ends. The first ones are preferred.
    "image/png": ("PNG", "png"),
    "image/jpeg": ("JPEG", "jpg"),
    "image/webp": ("WEBP", "webp"),
    "image/gif": ("GIF", "gif"),
    "image/svg+xml": ("SVG", "svg"),
}

_NAME = re.compile(r"[0-9a-f]{64}\.(?:png|jpg|webp|gif|svg)")

logger = logging.getLogger(__name__)


class PictureError(ValueError):
    """Why a picture cannot be shown, as the end of a sentence."""


@dataclass(frozen=True)
class CheckedPicture:
    """The bytes of a picture that is what it says, and its size in pixels."""

    data: bytes
    ending: str
    width: int
    height: int

    def stored(self, wanted_width: int | None = None) -> "StoredPicture":
        """The picture in the default storage, to be shown as wide as wanted."""
        name = f"{hashlib.sha256(self.data).hexdigest()}.{self.ending}"
        path = f"{FOLDER}/{name}"
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(self.data))
        width = wanted_width or self.width
        return StoredPicture(name, width, max(1, round(self.height * width / self.width)))


@dataclass(frozen=True)
class StoredPicture:
    """A picture in the storage, and how large it is shown."""

    name: str
    width: int
    height: int

    def embed(self, alt: str) -> str:
        """The picture in Wagtail's database HTML."""
        # Wagtail's reader of attributes knows &amp; &lt; &gt; and &quot; only.
        alt = escape(alt, quote=False).replace('"', "&quot;")
        return (
            f'<embed embedtype="{NotebookPicture.identifier}" id="{self.name}" alt="{alt}" '
            f'width="{self.width}" height="{self.height}"/>'
        )


class NotebookPicture(EmbedHandler):
    """From the name of a stored picture to its address. Asks the database nothing."""

    identifier = "notebook-picture"

    @staticmethod
    def expand_db_attributes(attrs: dict) -> str:
        name = attrs.get("id", "")
        if not _NAME.fullmatch(name):
            return ""
        shown = {
            "src": default_storage.url(f"{FOLDER}/{name}"),
            "alt": attrs.get("alt", ""),
            "width": attrs.get("width", ""),
            "height": attrs.get("height", ""),
        }
        written = "".join(f' {key}="{escape(value)}"' for key, value in shown.items())
        return f'<img class="notebook-picture"{written} loading="lazy" decoding="async">'


def check(media_type: str, written: str) -> CheckedPicture:
    """The picture as a notebook holds it, in base64 or as XML. Raises PictureError."""
    format_name, ending = FORMATS[media_type]
    if ending == "svg":
        try:
            svg = clean_svg(written)
        except SvgError as error:
            raise PictureError(str(error)) from error
        return CheckedPicture(svg.data, ending, svg.width, svg.height)
    try:
        data = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError("is damaged") from error
    width, height = _size(data, format_name)
    return CheckedPicture(data, ending, width, height)


def _size(data: bytes, format_name: str) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(data), formats=[format_name]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureError(f"has more than {MOST_PIXELS // 10**6} million pixels")
            picture.verify()
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"has more than {MOST_PIXELS // 10**6} million pixels") from error
    except Exception as error:  # Pillow's readers raise whatever comes of damaged data.
        raise PictureError(f"is not {format_name}, or is damaged") from error
    return width, height
