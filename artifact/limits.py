"""How much of anything there may be. Each is a setting, each has a clear error when it is passed."""

import msgspec


class Limits(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Defaults for one installation. Units stand last in the names."""

    id_characters: int = 200
    text_characters: int = 20_000
    aliases: int = 20
    artifact_hard_bytes: int = 1024 * 1024
    open_messages: int = 256
    reserved_messages: int = 16
    deliveries_per_message: int = 8
    open_situations: int = 64
    closed_situations: int = 64
    open_commitments: int = 64
    closed_commitments: int = 64
    watches: int = 64
    attributes: int = 500
    consents: int = 200
    tasks: int = 64
    closed_messages: int = 20
    interactions: int = 20
    counted_events: int = 200
    requests: int = 200
    contacts: int = 500
    points: int = 64
    sources_per_message: int = 8
    late_entries: int = 10_000
    late_marks: int = 64
    snapshot_entries: int = 64
    data_bytes: int = 64 * 1024
    data_depth: int = 20
    batch_events: int = 100
    batch_bytes: int = 1024 * 1024
    event_depth: int = 8
    future_seconds: int = 300
    rulebook_bytes: int = 2 * 1024 * 1024
    rulebook_declarations: int = 20_000
    nesting: int = 20
    compared_pairs: int = 200_000
    rulebook_cost: int = 200_000
    template_output_bytes: int = 64 * 1024
    template_rounds: int = 10_000
    intent_seconds: int = 60
    grace_seconds: int = 15 * 60
    commit_attempts: int = 8
    commit_events: int = 64
    bundle_messages: int = 64
    queued_submissions: int = 4_096
    rounds: int = 64
    page_size: int = 100
    preview_customers: int = 1_000


DEFAULT_LIMITS = Limits()
