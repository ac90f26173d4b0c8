"""Pictures of published rows, drawn from the archive."""

from suanbei.crawler.archive import Archive

Boxes = list[tuple[int, tuple[float, ...]]]


class Pictures:
    """Draws rows of archived documents; handed to those who may not read documents themselves."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __call__(self, sha256: str, table: int, row: int, page: int | None, boxes: Boxes) -> bytes:
        """The row as PNG.

        Raises:
            MissingFile: the document is not in the archive.
            DocumentError: it cannot be read, or the row cannot be drawn.
        """
        from suanbei.parsers.row_image import render_row  # 15 MB that few servers ever need

        return render_row(
            self._archive.get(sha256),
            name=sha256[:12],
            table=table,
            row=row,
            page=page,
            boxes=tuple((on, (box[0], box[1], box[2], box[3])) for on, box in boxes),
        )
