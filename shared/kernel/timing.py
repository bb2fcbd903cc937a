"""How long requests take, by the route that answers them: never by an address, which may name a person's ticket."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel import metrics

NO_ROUTE = "none"


class Timed:
    """A layer that takes the time until an answer begins; what is streamed afterwards may last for hours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()

        async def take_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", NO_ROUTE)
                answers = metrics.HTTP_ANSWERS.labels(route, f"{message['status'] // 100}xx")
                answers.observe(perf_counter() - began)
            await send(message)

        await self._app(scope, receive, take_time)
