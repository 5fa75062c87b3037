"""Who acts."""

import strawberry


@strawberry.type(description="Who acts, as the header X-Memento-Actor or the first frame of a socket says.")
class Viewer:
    actor: str | None
