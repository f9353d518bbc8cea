"""The one place that knows numba: how a hot loop becomes machine code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function on its first call and keep the machine code on disk.

    Kernels take and give arrays and numbers only. They check nothing: whoever
    calls one has made its arrays contiguous and its indices valid.
    """
    return cast(Callable[Arguments, Result], numba.njit(cache=True)(function))


def part(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a piece of a kernel that makes no arrays and gives back numbers only.

    Its caller holds all arrays, so nothing needs to count references to them; counting takes
    four fifths of the time of a piece that does as little as those of the failure sweep.
    Only kernels call it, so nothing needs to call it from Python; leaving that out halves the
    time to compile. Numba's own code says so with these options; a numba that no longer knows
    them is slower, and everything else stays the same.
    """
    spare: dict[str, Any] = {
        "_nrt": False,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
    }
    try:
        return cast(Callable[Arguments, Result], numba.njit(cache=True, **spare)(function))
    except (KeyError, TypeError):
        return kernel(function)


def forget_stale(folder: Path) -> None:
    """Drop kept machine code that is older than any source file of a folder.

    Numba looks only at the file of the function that it was asked for, but a kernel holds the
    code of its parts too, and those stand in other files.
    """
    newest = max((path.stat().st_mtime for path in folder.glob("*.py")), default=0.0)
    for index in (folder / "__pycache__").glob("*.nbi"):
        try:
            if index.stat().st_mtime < newest:
                index.unlink()
        except OSError:
            # another process was quicker, or the folder is read-only and numba keeps
            # its code elsewhere
            continue


forget_stale(Path(__file__).parent)
