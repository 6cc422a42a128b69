"""Videos elsewhere: which may play within a page, and from where they are then loaded.

Nothing is loaded from there until a reader asks for it.
"""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

FRAME_HOSTS = {
    "https://www.youtube-nocookie.com": "youtube.com",
    "https://player.vimeo.com": "vimeo.com",
}
_YOUTUBE_HOSTS = {"youtube.com", "m.youtube.com", "youtube-nocookie.com"}
_YOUTUBE_PATH = re.compile(r"/(?:embed|live|shorts|v)/([\w-]{11})/?")
_YOUTUBE_ID = re.compile(r"[\w-]{11}")
_VIMEO_PATH = re.compile(r"/(?:video/)?([0-9]{1,12})(?:/([0-9a-f]{6,20}))?/?", re.A)
_MOMENT = re.compile(r"(?:([0-9]{1,2})h)?(?:([0-9]{1,3})m)?(?:([0-9]{1,6})s?)?", re.A)


def frame_url(url: str) -> str | None:
    """The address that plays the video of this address inside a page; None if it cannot be.

    It is the variant of the service that keeps least about its viewers, and it plays at once,
    for it is opened only by somebody who asked to see the video.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    if host == "youtu.be" or host in _YOUTUBE_HOSTS:
        return _youtube(host, parts)
    if host in {"vimeo.com", "player.vimeo.com"}:
        return _vimeo(parts)
    return None


def loaded_from(frame: str) -> str:
    """The service that a frame's address belongs to, as its readers know it."""
    return next(name for host, name in FRAME_HOSTS.items() if frame.startswith(host + "/"))


def _youtube(host: str, parts) -> str | None:
    asked = parse_qs(parts.query)
    if host == "youtu.be":
        video = parts.path.strip("/")
    elif parts.path.rstrip("/") == "/watch":
        video = asked.get("v", [""])[0]
    else:
        found = _YOUTUBE_PATH.fullmatch(parts.path)
        video = found[1] if found else ""
    if not _YOUTUBE_ID.fullmatch(video):
        return None
    words = {"autoplay": 1}
    start = _seconds((asked.get("t") or asked.get("start") or [""])[0])
    if start:
        words["start"] = start
    return f"https://www.youtube-nocookie.com/embed/{video}?{urlencode(words)}"


def _vimeo(parts) -> str | None:
    found = _VIMEO_PATH.fullmatch(parts.path)
    if not found:
        return None
    words = {"dnt": 1, "autoplay": 1}
    key = found[2] or parse_qs(parts.query).get("h", [""])[0]
    if re.fullmatch(r"[0-9a-f]{6,20}", key):
        words["h"] = key  # What an unlisted video is shown for.
    return f"https://player.vimeo.com/video/{found[1]}?{urlencode(words)}"


def _seconds(moment: str) -> int:
    found = _MOMENT.fullmatch(moment)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
