"""Formats as copies of earlier ones, in fewer steps than XlsxWriter makes them."""

from functools import lru_cache
from typing import Any

from kpibatch.books.engine.as_it_is import Format


def pairs(flat: tuple[Any, ...]) -> dict[str, Any]:
    """Names and values, one after the other, as they can be remembered by, taken apart again."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


class QuickFormat(Format):  # type: ignore[misc]
    """A format that is a copy of one that was made before, and knows its keys."""

    _font = _border = _fill = _index = None
    model: object  # the same for all copies of one

    def _get_font_key(self) -> Any:
        self._font = self._font or super()._get_font_key()
        return self._font

    def _get_border_key(self) -> Any:
        self._border = self._border or super()._get_border_key()
        return self._border

    def _get_fill_key(self) -> Any:
        self._fill = self._fill or super()._get_fill_key()
        return self._fill

    def _get_xf_index(self) -> Any:
        if self._index is None:
            self._index = super()._get_xf_index()
        return self._index


@lru_cache(maxsize=2_000, typed=True)
def model(*properties: Any) -> QuickFormat:
    """A format to be copied; it belongs to no workbook. Given each property's name and value in turn."""
    form = QuickFormat(pairs(properties))
    form._get_format_key()
    form.model = object()
    return form
