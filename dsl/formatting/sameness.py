"""Whether two trees say the same: places in the text do not count, nor do parentheses.

Parentheses have nodes of their own, yet what they do to the tree is to be seen without them.
"""

from dsl.syntax import Node, Place, Word


def same_tree(one: Place | None, other: Place | None) -> bool:
    """Are these the same but for places and parentheses?"""
    one, other = _bare(one), _bare(other)
    if isinstance(one, Word) and isinstance(other, Word):
        return (one.kind, one.text) == (other.kind, other.text)
    if isinstance(one, Node) and isinstance(other, Node):
        return (
            one.kind == other.kind
            and len(one.parts) == len(other.parts)
            and all(map(same_tree, one.parts, other.parts))
        )
    return one is None and other is None


def _bare(part: Place | None) -> Place | None:
    while isinstance(part, Node) and part.kind == "group":
        part = part.node()
    return part
