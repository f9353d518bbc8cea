"""Lines and rings as polyline text: differences of rounded coordinates, five bits a character.

The format is Google's "encoded polyline": latitude before longitude, each number the difference
to the vertex before (to zero at a line's first), zigzag, low bits first. Whole arrays are written
at once: a state has millions of vertices.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Vertices written at a time, which bounds the memory that the work takes.
_BLOCK = 500_000
#: Sizes at which one more character is needed.
_LIMITS = np.array([1 << 5 * k for k in range(1, 13)], dtype=np.int64)


def encode_lines(lon_lat: Floats, line: Ints, lines: int, *, precision: int) -> list[str]:
    """Encode lines given as one array of vertices.

    Parameters
    ----------
    lon_lat
        Shape (vertices, 2): degrees.
    line
        Shape (vertices,): which line each vertex is of, ascending.
    lines
        Their number; one without vertices becomes empty text.
    precision
        Digits after the point that are kept. A vertex that falls on the one before is left out.
    """
    whole = np.rint(lon_lat[:, ::-1] * 10.0**precision).astype(np.int64)
    first = np.diff(line, prepend=-1) != 0
    step = np.diff(whole, axis=0, prepend=0)
    kept = first | step.any(axis=1)
    whole, first, line = whole[kept], first[kept], line[kept]
    step = np.diff(whole, axis=0, prepend=0)
    step[first] = whole[first]
    pieces, sizes = [], [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(step), _BLOCK):
        piece, size = _numbers(step[start : start + _BLOCK].ravel())
        pieces.append(piece)
        sizes.append(size.reshape(-1, 2).sum(axis=1))
    text = b"".join(pieces).decode("ascii")
    size_of_line = np.bincount(line, weights=np.concatenate(sizes), minlength=lines)
    ends = np.cumsum(size_of_line).astype(np.int64).tolist()
    return [text[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)] if lines else []


def _numbers(values: Ints) -> tuple[bytes, Ints]:
    """Write whole numbers one after the other; give the text and each number's characters."""
    folded = (values << 1) ^ (values >> 63)
    size = np.searchsorted(_LIMITS, folded, side="right") + 1
    start = np.cumsum(size) - size
    out = np.empty(int(size.sum()), dtype=np.uint8)
    at = np.arange(len(values))
    for place in range(int(size.max(initial=0))):
        at = at[size[at] > place]
        more = size[at] > place + 1
        out[start[at] + place] = ((folded[at] >> 5 * place) & 31) + 63 + 32 * more
    return out.tobytes(), size
