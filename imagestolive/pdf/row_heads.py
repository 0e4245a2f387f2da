"""Heads at the side of rows, in the tagged PDF of a program that tags them as any other cell."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any


def tag_row_heads(data: bytes, have: Sequence[bool]) -> bytes:
    """The same pages, with the first cell of each row as head of the row, and named by the row's other cells.

    `have`: of each table, in order of reading, whether its rows have heads. Raises ValueError where there are not as many tables.
    """
    import pikepdf  # takes long to load

    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.Root.StructTreeRoot
        names = pikepdf.NameTree(root.IDTree)
        for number, (table, has) in enumerate(zip(_elements(root, "/Table"), have, strict=True)):
            bodies = _elements(table, "/TBody") if has else ()
            for at, row in enumerate(row for body in bodies for row in _elements(body, "/TR")):
                head, *cells = row.K
                name = f"row {at} of table {number}"
                head.S, head.ID, head.A[0].Scope = pikepdf.Name.TH, pikepdf.String(name), pikepdf.Name.Row
                names[name] = head
                for cell in cells:
                    cell.A[0].Headers.append(pikepdf.String(name))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def _elements(inside: Any, kind: str) -> Iterator[Any]:
    """Those of a kind in a part of the structure tree, in order of reading; none within another of the same kind."""
    import pikepdf

    kids = inside.get("/K", ())
    for kid in kids if isinstance(kids, pikepdf.Array | tuple) else (kids,):
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/S") == kind:
                yield kid
            else:
                yield from _elements(kid, kind)
