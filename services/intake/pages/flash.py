"""What is said once on the page that follows a form, carried there by a cookie of that page alone."""

from fastapi import Request, Response

COOKIE = "yima_said"
KEPT_S = 120


def flash(response: Response, request: Request, address: str, word: str) -> None:
    """Say it on the next page; one without cookies goes without."""
    response.set_cookie(
        COOKIE, word, max_age=KEPT_S, path=address, secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )


def flashed(request: Request) -> str:
    """What is to be said now, empty when nothing is."""
    return request.cookies.get(COOKIE, "")


def unflash(response: Response, address: str) -> None:
    """It has been said."""
    response.delete_cookie(COOKIE, path=address)
