"""Everything about a plan: the choice itself, its curve, its robustness, its limits."""

from netplan.access.best import choose
from netplan.access.curve import curve, undominated
from netplan.access.model import Access, Goal, Siting
from netplan.access.reasons import limits
from netplan.access.robust import robustness
from netplan.gap.model import Draws
from netplan.optimize.solver import Progress

__all__ = ["choose", "plan_access"]


def plan_access(
    siting: Siting,
    goal: Goal,
    *,
    time_limit_s: float,
    draws: Draws | None,
    curve_points: int = 12,
    worth_usd_per_student_per_year: float | None = None,
    progress: Progress | None = None,
) -> Access:
    """Find the plan for a goal, and what a reader wants to know about it.

    Parameters
    ----------
    time_limit_s
        Wall-clock seconds for the plan; its curve may take as many again.
    draws
        Who is offline, drawn from its uncertainty; None: no robustness.
    curve_points
        Budgets of the curve.
    worth_usd_per_student_per_year
        The price at which an offer earns its cost; None: from the plan's own dearest.

    Raises
    ------
    InputError
        The time limit is no number of seconds above 0.
    InfeasibleError
        No plan meets the goal.
    SolverError
        No plan was found in time for a goal of coverage or of a floor.
    """
    plan = choose(siting, goal, time_limit_s=time_limit_s, progress=progress)
    points = curve(
        siting,
        plan,
        points=curve_points,
        time_limit_s=time_limit_s,
        progress=progress,
    )
    plan, points = undominated(siting, plan, points)
    worth = worth_usd_per_student_per_year
    return Access(
        siting=siting,
        plan=plan,
        curve=points,
        robustness=None if draws is None else robustness(siting, plan, draws, worth),
        limits=limits(siting, plan),
    )
