"""The commands, one file each: `arguments` names what it takes, `run` does it and answers with an exit code.

This table is the whole command line at a glance. A name here is the name of a file there, `-` for `_`.
"""

COMMANDS = {
    "demo": "watch Memento decide: an insurer's day, played through the public API",
    "serve": "run the service: GraphQL, engine and dispatch over one store",
    "ingest": "send a file of events to a running service; may be run again at will",
    "check": "check a rulebook and show what is wrong with it",
    "fmt": "write a rulebook in its canonical form",
    "test": "run the tests that a rulebook brings",
    "publish": "put a rulebook in force, take it back, or say beforehand what it would change",
    "rulebook": "list the rulebooks that a service keeps, or show one",
    "backtest": "run a file of past events under a rulebook, on virtual time",
    "customer": "show what a store knows of one customer",
    "explain": "say in words why a message is where it is",
    "export": "write all artifacts and decisions of a store as newline JSON",
    "export-schema": "write the GraphQL contract",
    "backup": "copy a store's file, also beside a running service",
    "verify": "enact every customer's log again and check the invariants",
}
