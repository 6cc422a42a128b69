"""Settings that are wrong together, found at start-up."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from twotrack import env


def check_settings(app_configs, **kwargs) -> list[CheckMessage]:
    """What an operator must put right before the publication can be trusted to run."""
    found: list[CheckMessage] = []
    parts = urlsplit(settings.BASE_URL)
    if settings.SECURE_SSL_REDIRECT and parts.scheme != "https":
        found.append(
            Error(
                f"TWOTRACK_BASE_URL is {settings.BASE_URL}, but these settings answer only https.",
                hint="Write the https address that readers use.",
                id="twotrack.E001",
            )
        )
    if parts.path or parts.query or parts.fragment:
        found.append(
            Error(
                f"TWOTRACK_BASE_URL is {settings.BASE_URL}, which has more than a host.",
                hint="Write scheme and host only, for example https://notes.example.org.",
                id="twotrack.E002",
            )
        )
    if not settings.USES_S3 and (settings.S3_ENDPOINT_URL or settings.S3_PUBLIC_URL):
        found.append(
            Error(
                "S3_ENDPOINT_URL or S3_PUBLIC_URL is set, but no bucket is.",
                hint="Set S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY too, or none.",
                id="twotrack.E003",
            )
        )
    if settings.TWOTRACK_REVIEW_DAYS > settings.TWOTRACK_REVIEW_MOST_DAYS:
        found.append(
            Error(
                f"TWOTRACK_REVIEW_DAYS is {settings.TWOTRACK_REVIEW_DAYS}, but a review link may "
                f"be open for {settings.TWOTRACK_REVIEW_MOST_DAYS} days at most.",
                hint="Lower it, or raise TWOTRACK_REVIEW_MOST_DAYS.",
                id="twotrack.E006",
            )
        )
    if len(settings.SECRET_KEY) < 50 and settings.SECURE_SSL_REDIRECT:
        found.append(
            Error(
                "SECRET_KEY is missing or too short.",
                hint="Set it to at least 50 random characters, the same on every server.",
                id="twotrack.E004",
            )
        )
    if (
        env.text("TWOTRACK_DEBUG") != "false"
        and not settings.DEBUG
        and settings.SECURE_SSL_REDIRECT
    ):
        found.append(
            Error(
                "TWOTRACK_DEBUG is set, but production never shows error pages for developers.",
                hint="Unset it.",
                id="twotrack.E005",
            )
        )
    return found
