"""One module per tool, each with ``route``, ``sweep`` or ``min_cut`` on a Shape."""
