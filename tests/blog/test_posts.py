from datetime import UTC, datetime, timedelta

from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from blog.models import PostPage
from tests.factories import make_author, make_image, make_post


def test_the_display_date_is_the_first_publication(engineers):
    before = timezone.now()

    post = make_post(engineers)

    assert before <= post.display_date <= timezone.now()
    assert post.display_date == post.first_published_at


def test_a_chosen_display_date_is_kept(engineers):
    chosen = datetime(2020, 5, 17, 9, 30, tzinfo=UTC)

    assert make_post(engineers, display_date=chosen).display_date == chosen


def test_the_track_follows_a_move(engineers, everyone):
    post = make_post(engineers)

    post.move(everyone, pos="last-child")

    assert PostPage.objects.get(pk=post.pk).track == everyone


def test_the_track_of_an_older_revision_is_the_present_one(engineers, everyone):
    post = make_post(engineers)
    older = post.latest_revision
    post.move(everyone, pos="last-child")

    older.publish()

    assert PostPage.objects.get(pk=post.pk).track == everyone


def test_a_copy_belongs_to_the_track_it_was_copied_to(engineers, everyone):
    copy = make_post(engineers).copy(to=everyone, update_attrs={"slug": "copy"})

    assert PostPage.objects.get(pk=copy.pk).track == everyone


def test_authors_keep_their_order(engineers):
    zoe, ada = make_author("Zoe"), make_author("Ada", email="ada@example.org")

    post = make_post(engineers, authors=[zoe, ada])

    assert post.author_list == [zoe, ada]
    assert post.contact_address == "ada@example.org"


def form_of(post, **fields):
    data = nested_form_data(
        {
            "title": post.title,
            "slug": post.slug,
            "excerpt": post.excerpt,
            "body": streamfield([("markdown", "Words.")]),
            "post_authors": inline_formset([]),
            "comments": inline_formset([]),
            "tags": "",
            **fields,
        }
    )
    form_class = PostPage.get_edit_handler().get_form_class()
    return form_class(data, instance=post, parent_page=post.get_parent())


def test_a_teaser_needs_alt_text_or_a_mark_to_be_published(engineers):
    post, picture = make_post(engineers), make_image()

    form = form_of(post, teaser_image=picture.pk)

    assert form.errors["teaser_alt"] == [
        "Describe the teaser picture, or tick that it is decorative."
    ]
    assert form_of(post, teaser_image=picture.pk, teaser_alt="A square").is_valid()
    assert form_of(post, teaser_image=picture.pk, teaser_is_decorative="on").is_valid()


def test_a_draft_may_wait_for_its_alt_text(engineers):
    form = form_of(make_post(engineers), teaser_image=make_image().pk)

    form.defer_required_fields()

    assert form.errors == {}


def test_a_teaser_takes_the_description_of_its_picture(engineers):
    post = make_post(engineers)
    post.teaser_image = make_image(description="A teal square")

    post.full_clean()

    assert post.teaser_alt == "A teal square"


def test_a_post_changed_within_a_day_is_not_called_updated(engineers):
    post = make_post(engineers)
    post.last_published_at = post.display_date + timedelta(hours=23)
    assert post.updated_at is None

    post.last_published_at = post.display_date + timedelta(hours=25)
    assert post.updated_at == post.last_published_at


def test_reading_time_counts_prose_and_code(engineers):
    prose = make_post(engineers, "Prose", markdown="word " * 880)
    code = make_post(engineers, "Code", body=[("code", {"code": "word " * 880})])

    assert (prose.reading_minutes, code.reading_minutes) == (4, 11)


def test_a_post_lives_under_a_track_only(home, engineers):
    assert PostPage.can_exist_under(engineers)
    assert not PostPage.can_exist_under(home)


def test_lists_need_two_queries_whatever_their_length(engineers, django_assert_num_queries):
    for number in range(5):
        make_post(engineers, f"Post {number}", teaser_image=make_image(), teaser_is_decorative=True)

    with django_assert_num_queries(2):
        rows = list(PostPage.objects.readable().newest_first().for_cards())
        shown = [(row.title, row.track.title, row.teaser_image.title) for row in rows]

    assert len(shown) == 5
