"""What all renderers share: a method for every kind of block and mark, found by the kind's name."""

from __future__ import annotations

from analysis.render import official_content
from analysis.render.blocks import Content, Display, Inline, Part
from analysis.words.text import Text

#: modules whose blocks every renderer must know
_LOADED = (official_content,)


class Renderer:
    """Turns blocks and contents into text of one form; a subclass that lacks a kind cannot be defined."""

    def __init_subclass__(cls) -> None:
        """Refuse a renderer that does not know every kind."""
        super().__init_subclass__()
        shown = [name for name, kind in Part.kinds.items() if issubclass(kind, Inline | Display)]
        if lacking := [name for name in ("words", "text", *shown) if not hasattr(cls, name)]:
            raise TypeError(f"{cls.__name__} does not know {', '.join(lacking)}")

    def __call__(self, shown: Content | Display) -> str:
        """Return a block or contents in this form."""
        kind = "words" if isinstance(shown, str) else "text" if isinstance(shown, Text) else shown.kind_name
        rendered: str = getattr(self, kind)(shown)
        return rendered
