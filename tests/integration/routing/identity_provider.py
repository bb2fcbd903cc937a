"""A real identity provider on loopback, in a process of its own: django-oauth-toolkit, as its own people would run it.

It shares no code with ours (its protocol is oauthlib's, its keys are jwcrypto's), holds us to what it was told of us
(redirect URIs to the letter, secret, PKCE, codes that are good once) and asks for passwords on a page of its own.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

CLIENT_ID = "yima"
CLIENT_SECRET = "told to nobody else"
PASSWORD = "a password at the provider"
RETURNS = ("http://yima/desk/sign-in/return", "http://127.0.0.1/desk/sign-in/return")
DOORS = ("http://yima/desk/sign-in", "http://127.0.0.1/desk/sign-in")
LOGIN = """<form method="post">{% csrf_token %}{{ form.as_p }}<button>Log in</button></form>"""


class Server(ThreadingMixIn, WSGIServer):
    """A browser holds connections open while it makes new ones."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def main(folder: Path, accounts: list[str]) -> None:
    """Serve until killed; the first line that is printed is the issuer."""
    configure(folder)
    fill(accounts)
    from django.core.wsgi import get_wsgi_application

    with make_server("127.0.0.1", 0, get_wsgi_application(), Server, Silent) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}/o\n")
        sys.stdout.flush()
        server.serve_forever()


def configure(folder: Path) -> None:
    """Django with nothing but what signing in needs."""
    import django
    from django.conf import settings

    apps = ("auth", "contenttypes", "sessions")
    loaders = [
        ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN}),
        "django.template.loaders.app_directories.Loader",
    ]
    processors = ["django.template.context_processors.request"]
    settings.configure(
        SECRET_KEY="s" * 50,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=addresses.__module__,
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in apps), "oauth2_provider"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.sqlite")}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": loaders, "context_processors": processors},
            }
        ],
        # Cheap: what is tested is not how it keeps passwords.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        LOGIN_URL="/login/",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": rsa_key(),
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "SCOPES": {"openid": "who you are", "profile": "your account's name"},
        },
    )
    django.setup()


def rsa_key() -> str:
    """A new signing key."""
    from jwcrypto.jwk import JWK

    return str(JWK.generate(kty="RSA", size=2048).export_to_pem(private_key=True, password=None).decode())


def fill(accounts: list[str]) -> None:
    """The people and the one application that it knows."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Naming(OAuth2Validator):  # type: ignore[misc]
        def get_additional_claims(self, request: Any) -> dict[str, str]:
            return {"preferred_username": request.user.username}

    settings.OAUTH2_PROVIDER["OAUTH2_VALIDATOR_CLASS"] = Naming
    call_command("migrate", verbosity=0)
    for account in accounts:
        User.objects.create_user(account, password=PASSWORD)
    Application.objects.create(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm=Application.RS256_ALGORITHM,
        redirect_uris=" ".join(RETURNS),
        post_logout_redirect_uris=" ".join(DOORS),
        skip_authorization=True,
    )


def addresses() -> list[Any]:
    """Its protocol's addresses and its own page for passwords."""
    from django.contrib.auth.views import LoginView
    from django.urls import include, path

    return [
        path("o/", include("oauth2_provider.urls")),
        path("login/", LoginView.as_view()),
        path("logout-token/<account>", logout_token),
    ]


def logout_token(request: Any, account: str) -> Any:
    """What it would send to each application where this account is signed in; its makers have not come to that.

    Asked with `?sid=`, it is what one that names sessions would send when that one ends.
    """
    import json
    import time
    import uuid

    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from jwcrypto.jwt import JWT
    from oauth2_provider.models import Application
    from oauth2_provider.settings import oauth2_settings

    key, now_s = Application.objects.get(client_id=CLIENT_ID).jwk_key, int(time.time())
    claims = {
        "iss": oauth2_settings.oidc_issuer(request),
        "sub": str(User.objects.get(username=account).pk),
        "aud": CLIENT_ID,
        "iat": now_s,
        "exp": now_s + 120,
        "jti": str(uuid.uuid4()),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        **request.GET.dict(),
    }
    token = JWT(header=json.dumps({"typ": "logout+jwt", "alg": "RS256", "kid": key.thumbprint()}), claims=claims)
    token.make_signed_token(key)
    return HttpResponse(token.serialize())


def __getattr__(name: str) -> list[Any]:
    # Django reads a module's `urlpatterns`, and its own parts can be loaded only once it is configured.
    if name == "urlpatterns":
        return addresses()
    raise AttributeError(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
