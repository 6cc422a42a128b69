"""Letters to the people who make the publication, sent from the outbox."""

from django.core.mail import EmailMessage

from blog import outbox
from blog.models import OutboxEntry


def send_later(address: str, subject: str, text: str, *, key: str) -> None:
    """Send a plain letter once the transaction at hand is committed; one for each key.

    Each address has a letter of its own, so that one that fails is tried again alone.
    """
    payload = {"to": address, "subject": " ".join(subject.split()), "text": text}
    outbox.put("mail", payload, key=key, what=f"{payload['subject']} (to {address})")


@outbox.deliverer("mail")
def deliver(entry: OutboxEntry) -> None:
    """Send the letter; raises what the mail server answers."""
    letter = entry.payload
    EmailMessage(letter["subject"], letter["text"], to=[letter["to"]]).send()
