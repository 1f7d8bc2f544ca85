"""Who one is for Google's cloud: a token that somebody got, or the key file of a service account that signs its own.

A service account signs a token of an hour by itself and needs nobody to exchange it (google.aip.dev/auth/4111,
RFC 7519 with RS256); the libraries of Google's cloud do the same.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from filmkit.errors import UsageError
from filmkit.providers.base import ErrorKind, HttpError
from filmkit.providers.keys import private_text
from filmkit.providers.secrets import remember

TOKEN: Final = "GOOGLE_OAUTH_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
FILE: Final = "GOOGLE_APPLICATION_CREDENTIALS"
SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_LASTS_S: Final = 3600


def authorization(keys: Mapping[str, str]) -> dict[str, str]:
    """The header for one request. Raises HttpError (``AUTH``) without a token or a key file that can be used."""
    if keys.get(TOKEN):
        return {"Authorization": f"Bearer {keys[TOKEN]}"}
    if keys.get(FILE):
        return {"Authorization": f"Bearer {signed_token(_account(keys[FILE]), int(time.time()))}"}
    remedy = (
        f"set {FILE} to the key file (JSON) of a service account, or {TOKEN} to what "
        "`gcloud auth print-access-token` says"
    )
    raise HttpError("there is no key for Google's cloud", ErrorKind.AUTH, remedy=remedy)


def signed_token(account: Mapping[str, Any], now_s: int) -> str:
    """A token that holds for an hour, signed with the account's own key. Raises HttpError for a key that is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    email = account["client_email"]
    head = {"alg": "RS256", "typ": "JWT", "kid": account.get("private_key_id", "")}
    claims = {"iss": email, "sub": email, "scope": SCOPE, "iat": now_s, "exp": now_s + _LASTS_S}
    plain = ".".join(_bare64(json.dumps(each, separators=(",", ":")).encode()) for each in (head, claims))
    try:
        key = serialization.load_pem_private_key(str(account["private_key"]).encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable("its private_key is none") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _unusable("its private_key is no RSA key")
    return f"{plain}.{_bare64(key.sign(plain.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _account(path: str) -> dict[str, Any]:
    """What the key file says. Raises HttpError, also where others may read it."""
    try:
        said = json.loads(private_text(path))
    except UsageError as error:
        raise HttpError(error.message, ErrorKind.AUTH, remedy=error.remedy) from None
    except ValueError:
        raise _unusable("it is no JSON") from None
    if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in ("client_email", "private_key")):
        raise _unusable("it has no client_email and private_key: it is not that of a service account")
    remember([said["private_key"], *said["private_key"].splitlines()])
    return said


def _unusable(why: str) -> HttpError:
    return HttpError(f"the key file that {FILE} names cannot be used: {why}", ErrorKind.AUTH,
                     remedy="make a new JSON key for the service account in Google's console")  # fmt: skip


def _bare64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
