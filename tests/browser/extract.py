"""A PMTiles file of one vector tile, made by hand: land, and a lake in the tile's western half."""

import json
import struct
from itertools import pairwise

EXTENT = 4096
SQUARE = ((0, 0), (EXTENT, 0), (EXTENT, EXTENT), (0, EXTENT))
WEST_HALF = ((0, 0), (EXTENT // 2, 0), (EXTENT // 2, EXTENT), (0, EXTENT))


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def whole(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def polygon(name: str, kind: str, corners: tuple[tuple[int, int], ...]) -> bytes:
    """Write a layer of one polygon whose attribute ``kind`` is given."""

    def step(value: int) -> int:
        return value << 1 ^ value >> 31

    moves = [1 | 1 << 3, *map(step, corners[0]), 2 | len(corners) - 1 << 3]
    for (x, y), (next_x, next_y) in pairwise(corners):
        moves += [step(next_x - x), step(next_y - y)]
    geometry = b"".join(map(varint, [*moves, 15]))
    feature = field(2, bytes([0, 0])) + whole(3, 3) + field(4, geometry)
    value = field(1, kind.encode())
    return field(
        3,
        whole(15, 2) + field(1, name.encode()) + field(2, feature) + field(3, b"kind")
        + field(4, value) + whole(5, EXTENT),
    )  # fmt: skip


def tile_id(zoom: int, x: int, y: int) -> int:
    """Number a tile along the Hilbert curve, after all tiles of the zooms before."""
    number = (4**zoom - 1) // 3
    side = 1 << zoom - 1
    while side:
        right, low = int(bool(x & side)), int(bool(y & side))
        number += side * side * (3 * right ^ low)
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return number


def pmtiles(zoom: int, x: int, y: int) -> bytes:
    """Give the file: one tile, nothing compressed."""
    tile = polygon("earth", "earth", SQUARE) + polygon("water", "lake", WEST_HALF)
    root = b"".join(map(varint, [1, tile_id(zoom, x, y), 1, len(tile), 1]))
    about = json.dumps({"vector_layers": []}).encode()
    start = 127
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        start, len(root), start + len(root), len(about), 0, 0,
        start + len(root) + len(about), len(tile), 1, 1, 1,
        1, 1, 1, 1, zoom, zoom,
        -180 * 10**7, -85 * 10**7, 180 * 10**7, 85 * 10**7, zoom, 0, 0,
    )  # fmt: skip
    return header + root + about + tile
