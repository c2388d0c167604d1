"""What the platform asks of the outside, and the one error that says whether asking again makes sense."""

from __future__ import annotations

from typing import Protocol


class SmsError(Exception):
    """The message was not taken.

    Attributes:
        permanent: asking again cannot help (a number that does not exist).
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class SmsSender(Protocol):
    """Hands a text to a telephone operator."""

    def send(self, *, phone: str, body: str, reference: str) -> str:
        """Hand over one message and return the operator's identifier for it.

        Args:
            phone: E.164.
            body: the text as the person will read it.
            reference: the same for each attempt at the same message, so that an operator can drop repeats.

        Raises:
            SmsError: the operator refused or did not answer.
        """
        ...
