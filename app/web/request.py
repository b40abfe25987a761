"""What a browser asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glossary import reader
from glossary.schema import Entry


@dataclass(frozen=True)
class Asked:
    """A request as the browser sends it, with everything of the wrong type left out."""

    page: str
    serial: int
    query: str | None
    entry: Entry | None
    values: Mapping[str, Any]

    @classmethod
    def read(cls, data: Any) -> "Asked":
        sent = data if isinstance(data, dict) else {}
        serial, query, values = sent.get("serial"), sent.get("query"), sent.get("values")
        return cls(
            page=str(sent.get("page", ""))[:40],
            serial=serial if isinstance(serial, int) else 0,
            query=query if isinstance(query, str) else None,
            entry=reader.entries().get(str(sent.get("entry"))),
            values=dict(list(values.items())[:64]) if isinstance(values, dict) else {},
        )
