"""How much of the API a client may use at once, and what it shows of itself. Each is a setting."""

import msgspec


class Surface(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of the GraphQL service. Units stand last in the names."""

    tokens: int = 1_000
    depth: int = 10
    aliases: int = 15
    directives: int = 50
    repeats: int = 20
    rows: int = 5_000
    introspection: bool = True
    suggestions: bool = True
    execution_seconds: float = 5.0
    cached_documents: int = 512
    cached_tokens: int = 100_000

    body_bytes: int = 256 * 1024
    ingest_body_bytes: int = 1024 * 1024
    rulebook_body_bytes: int = 4 * 1024 * 1024
    body_seconds: float = 10.0

    operations_per_socket: int = 100
    sockets_per_principal: int = 20
    init_seconds: float = 5.0
    send_seconds: float = 10.0
    unread_commits: int = 256


DEFAULT_SURFACE = Surface()
