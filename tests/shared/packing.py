"""The same parts packed in other ways."""

import io
import zipfile


def packed(
    parts: dict[str, bytes],
    *,
    system: int = 3,
    method: int = zipfile.ZIP_DEFLATED,
    level: int | None = None,
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2022, 7, 4, 9, 38, 0) if system else (1980, 1, 1, 0, 0, 0))
            info.create_system, info.compress_type = system, method
            package.writestr(info, content, compresslevel=level)
    return target.getvalue()


def otherwise_packed(raw: bytes) -> bytes:
    """The same parts as another system, another order and another zlib leave them."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        parts = {name: package.read(name) for name in reversed(package.namelist())}
    return packed(parts, system=0, method=zipfile.ZIP_STORED)
