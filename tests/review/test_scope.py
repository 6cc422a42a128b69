"""A link opens its page and nothing around it: what is below, beside, or elsewhere stays shut."""

import pytest

from home.models import StandardPage
from review.links import make_review_link
from tests.factories import make_post


@pytest.fixture
def around(home, engineers):
    """A shared page with a draft of a canary below it and one beside it."""
    parent = home.add_child(instance=StandardPage(title="Parent", slug="parent", live=False))
    child = parent.add_child(instance=StandardPage(title="Canary child", slug="child", live=False))
    below = child.add_child(instance=StandardPage(title="Canary below", slug="below", live=False))
    beside = home.add_child(instance=StandardPage(title="Canary beside", slug="b", live=False))
    return parent, [child, below, beside]


def test_a_shared_page_does_not_open_those_below_and_beside_it(reviewer, moderator, around):
    parent, hidden = around
    link, token = make_review_link(parent, label="Rae", made_by=moderator)
    own = f"/p/v/{link.public_id}/"
    assert "Parent" in reviewer.open(token).content.decode()

    addresses = [f"{own}child/", f"{own}child/below/", f"/p/{token}/child/", f"{own}all/"]
    for page in hidden:
        addresses += [page.url, f"{page.url}?token={token}", f"{own}{page.slug}/"]
        addresses += [f"/p/v/{page.pk}/", f"{own}?page={page.pk}", f"{own}?place=2"]
    for place in (2, 3):
        part = f"{own}{place}/"
        addresses += [part, f"{part}remark/", f"{part}good/", f"{part}changes/"]
    answers = {address: reviewer.get(address) for address in addresses}

    assert [one for one, answer in answers.items() if b"Canary" in answer.content] == []
    shown = {one for one, answer in answers.items() if answer.status_code == 200}
    assert shown <= {f"{own}all/", *(one for one in addresses if one.startswith(f"{own}?"))}
    sent = {"text": "Words.", "name": "Rae"}
    assert reviewer.post(f"{own}2/remark/", sent).status_code == 404
    assert reviewer.post(f"{own}2/good/", sent).status_code == 404


def test_a_shared_track_does_not_show_the_drafts_on_it(reviewer, moderator, engineers):
    draft = make_post(engineers, "Canary draft", live=False)
    make_post(engineers, "Live quokka")
    _, token = make_review_link(engineers, label="Rae", made_by=moderator)

    shown = reviewer.open(token).content.decode()

    assert "Live quokka" in shown
    assert "Canary" not in shown
    assert reviewer.get(draft.url).status_code == 404


def test_a_link_lets_nobody_into_the_admin(reviewer, moderator, around):
    parent, hidden = around
    _, token = make_review_link(parent, label="Rae", made_by=moderator)
    reviewer.open(token)

    for page in (parent, *hidden):
        for rest in ("edit", "view_draft", "history"):
            answer = reviewer.get(
                f"/admin/pages/{page.pk}/{rest}/", headers={"authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 302
            assert answer.url.startswith("/admin/login/")
