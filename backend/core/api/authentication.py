"""Who a token or an access key says is asking."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from backend.core.queries.presence import tokens_named
from backend.core.services.access_keys import use_access_key


class TokenAuthentication(KnoxTokenAuthentication):
    """A knox token; what cannot be one is refused before it is looked up."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum():
            raise AuthenticationFailed(_("This token is not valid."))
        text = token.decode()
        digest = hash_token(text)
        for known in tokens_named(text[: CONSTANTS.TOKEN_KEY_LENGTH]):
            if not self._cleanup_token(known) and compare_digest(digest, known.digest):
                return self.validate_user(known)
        raise AuthenticationFailed(_("This token is not valid."))

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Say whether this token is over, and remove it then; a request does not look through the others."""
        if auth_token.expiry is None or auth_token.expiry >= timezone.now():
            return False
        auth_token.delete()
        return True


class AccessKeyAuthentication(BasicAuthentication):
    """HTTP Basic with an access key for a password, as GIS software sends it. Never the password itself."""

    www_authenticate_realm = "Chabaka"

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> Any:
        user = use_access_key(username=userid, text=password)
        if user is None:
            raise AuthenticationFailed(
                _("This name and this access key do not go together. Your password is not taken here.")
            )
        return user, None


READING = [AccessKeyAuthentication, TokenAuthentication, SessionAuthentication]
"""For addresses that only read, and that GIS software asks."""
