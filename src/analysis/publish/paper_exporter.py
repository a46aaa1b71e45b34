"""What the exporters of papers share: an executed notebook goes in, the bytes of one file come out."""

from __future__ import annotations

from typing import Any, ClassVar

from nbconvert.exporters.exporter import Exporter
from traitlets import default

from analysis.publish.executed_notebook import require_executed


class PaperExporter(Exporter):
    """Exports an executed notebook as a file of bytes; subclasses say of which kind, and make it.

    Attributes:
        ending: of the file's name, with its point.
    """

    ending: ClassVar[str]

    @default("file_extension")
    def _extension(self) -> str:
        return self.ending

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the file as bytes and the resources of a notebook node; raises what `made_from` raises.

        Raises:
            NotExecutedError: the notebook was not executed to its end, nor is `--execute` given.
        """
        nb, gathered = super().from_notebook_node(nb, resources, **kw)
        require_executed(nb)
        gathered["output_extension"] = self.ending
        return self.made_from(nb, gathered.get("metadata", {}).get("path") or None), gathered

    def made_from(self, notebook: Any, folder: str | None) -> bytes:
        """Return the file.

        Args:
            notebook: the executed notebook (nbformat 4).
            folder: where it stands, from which the round's extra fonts are found.

        Raises:
            NotImplementedError: the subclass does not make its file; a class of traits cannot be an abstract one.
        """
        raise NotImplementedError(type(self).__name__)
