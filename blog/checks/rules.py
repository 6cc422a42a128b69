"""Which rules hold for a page, and for whom it is written."""

from wagtail.models import Site

from blog.models import PublishingRules

EVERYONE, ENGINEERS = "everyone", "engineers"


def rules_for(page) -> PublishingRules:
    """The rules of the page's site; those a site starts with where nobody has set any."""
    site = page.get_site() or Site.objects.filter(is_default_site=True).first()
    return PublishingRules.objects.filter(site=site).first() or PublishingRules(site=site)


def audience_of(page, rules: PublishingRules) -> str:
    """Whether the post's track is written for everyone."""
    track = page.track or page.find_track()
    if track is None:
        return ENGINEERS
    is_plain = track.pk == rules.plain_track_id if rules.plain_track_id else track.slug == EVERYONE
    return EVERYONE if is_plain else ENGINEERS
