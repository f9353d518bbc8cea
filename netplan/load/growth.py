"""Growth of a load over school years."""

from dataclasses import replace

from netplan.load.model import Load


def growth_factor(growth_per_year: float, years: int) -> float:
    """Give what a load is multiplied by after some years: (1 + growth)^years."""
    return float((1.0 + growth_per_year) ** years)


def grown(load: Load, factor: float) -> Load:
    """Give a load that has grown: means times the factor, variances times its square.

    Planning loads grow by the factor; devices stay as many as they are.
    """
    if factor == 1.0:
        return load
    return replace(load, mean_mbps=load.mean_mbps * factor, var_mbps2=load.var_mbps2 * factor**2)
