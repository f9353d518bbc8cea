"""The one place that knows numba: how a hot loop becomes machine code."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function on its first call and keep the machine code on disk.

    Kernels take and give arrays and numbers only. They check nothing: whoever
    calls one has made its arrays contiguous and its indices valid.
    """
    return cast(Callable[Arguments, Result], numba.njit(cache=True)(function))


def bare(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile."""
    return cast(Callable[Arguments, Result], numba.njit(cache=True, _nrt=False)(function))
