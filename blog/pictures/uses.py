"""Where pictures are shown and how large: the one list of all files that are made of them."""

import re
from dataclasses import dataclass
from pathlib import PurePath

MODERN = ("avif", "webp", "jpeg")


@dataclass(frozen=True)
class Use:
    """A place where pictures are shown.

    `operations` are Wagtail's, narrowest first. `formats` are in the order browsers are offered
    them; of the last, which is for those that know no other, only the widest file is made.
    `sizes` says in the words of HTML how wide the picture is drawn. `is_moving`: an animation is
    shown as it was uploaded, for only that file moves.
    """

    operations: tuple[str, ...]
    formats: tuple[str, ...] = MODERN
    sizes: str = ""
    is_moving: bool = False

    def specs(self, image) -> dict[str, list[str]]:
        """For each format, Wagtail's filter specs of the files that are shown of this picture.

        None is wider than needed: a picture narrower than an operation would only be made twice.
        """
        if self.is_moving and PurePath(image.file.name).suffix.lower() == ".gif":
            return {}
        wanted = [
            operation
            for narrower, operation in zip(("", *self.operations), self.operations, strict=False)
            if not narrower or width_of(narrower) < image.width
        ]
        last = self.formats[-1]
        return {
            name: [
                f"{operation}|format-{name}"
                for operation in (wanted[-1:] if name == last else wanted)
            ]
            for name in self.formats
        }

    def all_specs(self) -> list[str]:
        """Every spec that the files of a picture for this use may have."""
        return [
            f"{operation}|format-{name}" for name in self.formats for operation in self.operations
        ]


def width_of(operation: str) -> int:
    """The width in pixels that an operation such as width-720 or fill-304x203 aims at."""
    return int(re.search(r"\d+", operation)[0])


# The columns of static/css/reader.css: the text is 34 times its size wide and shrinks from 680 px
# down, wide things are 46rem; below that both keep a gutter of 4 % on either side.
USES = {
    "text": Use(
        ("width-720", "width-1292"),
        sizes="(min-width: 42.5rem) 40.375rem, 92vw",
        is_moving=True,
    ),
    "wide": Use(
        ("width-736", "width-1472"), sizes="(min-width: 50rem) 46rem, 92vw", is_moving=True
    ),
    "full": Use(("width-960", "width-1920"), sizes="100vw", is_moving=True),
    "large": Use(("max-2400x2400",), formats=("webp",), is_moving=True),
    "poster": Use(("fill-720x405", "fill-1292x727"), sizes="(min-width: 42.5rem) 40.375rem, 92vw"),
    "teaser": Use(("fill-304x203",)),
    "card": Use(("fill-560x315",)),
    "photo": Use(("fill-256x256",)),
    "logo": Use(("max-160x80",), formats=("webp",)),
    "social": Use(("fill-1200x630",), formats=("jpeg",)),
}
