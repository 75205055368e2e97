"""Documents of any format as blocks: the door is `read_document`."""

from __future__ import annotations

from pipeline.readers.door import read_document

__all__ = ["read_document"]
