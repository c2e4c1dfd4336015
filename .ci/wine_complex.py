"""Wine's ``ucrtbase.dll`` lacks the functions that take a complex number apart, which numpy calls when it is
imported: each stands there as a call that ends the program. This writes them over those calls.

In: the path of Wine's ``ucrtbase.dll``. Out: the file, mended; one that is mended already stays as it is.
"""

import struct
import sys
from pathlib import Path

# 64-bit Windows hands a complex float over in rcx, a larger one by its address; a long double is a double
_CODE = {
    "crealf": "66 0f 6e c1 c3",  # movd xmm0, ecx; ret
    "cimagf": "48 c1 e9 20 66 0f 6e c1 c3",  # shr rcx, 32; movd xmm0, ecx; ret
    "creal": "f2 0f 10 01 c3",  # movsd xmm0, [rcx]; ret
    "cimag": "f2 0f 10 41 08 c3",  # movsd xmm0, [rcx + 8]; ret
}
FUNCTIONS = {name: bytes.fromhex(code) for name, code in _CODE.items()}
FUNCTIONS |= {f"{name}l": FUNCTIONS[name] for name in ("creal", "cimag")}
_STUB = bytes.fromhex("48 83 ec 28 48 8d 0d")  # a call that tells that the function is not there


def places(dll: bytes) -> dict[str, int]:
    """Where in the file each exported function begins (the layout of PE32+)."""
    (head,) = struct.unpack_from("<I", dll, 0x3C)
    sections, optional = (
        struct.unpack_from("<H", dll, head + 6)[0],
        struct.unpack_from("<H", dll, head + 20)[0],
    )
    table = [struct.unpack_from("<8xIIII", dll, head + 24 + optional + 40 * each) for each in range(sections)]

    def at(address: int) -> int:
        return next(
            address - begin + raw
            for size, begin, held, raw in table
            if begin <= address < begin + max(size, held)
        )

    exports = at(struct.unpack_from("<I", dll, head + 24 + 112)[0])
    count, functions, names, ordinals = struct.unpack_from("<IIII", dll, exports + 24)
    found = {}
    for each in range(count):
        name = at(struct.unpack_from("<I", dll, at(names) + 4 * each)[0])
        (ordinal,) = struct.unpack_from("<H", dll, at(ordinals) + 2 * each)
        (function,) = struct.unpack_from("<I", dll, at(functions) + 4 * ordinal)
        found[dll[name : dll.index(0, name)].decode("ascii")] = at(function)
    return found


def mended(dll: bytes) -> bytes:
    """The library with these functions in the place of their stubs; what is no stub stays."""
    whole, where = bytearray(dll), places(dll)
    for name, code in FUNCTIONS.items():
        begin = where[name]
        if whole[begin : begin + len(_STUB)] == _STUB:
            whole[begin : begin + len(code)] = code
    return bytes(whole)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_bytes(mended(path.read_bytes()))
