"""Every scenario of a district folder, tried on the district."""

from collections.abc import Callable
from dataclasses import replace

from netplan.errors import InputError, Problem, ScenarioError
from netplan.inputs.model import Inputs
from netplan.whatif.apply import apply_scenarios
from netplan.whatif.read import ENDING, FOLDER, read_scenario, scenario_names


def check_scenarios(
    inputs: Inputs, more: Callable[[Inputs], object] | None = None
) -> tuple[Problem, ...]:
    """Give every problem of every file in ``scenarios/``, by name of the file.

    Parameters
    ----------
    inputs
        The folder as read. A scenario is tried in the district's year and in that of
        each wave.
    more
        What else is tried on the inputs that a scenario makes; an InputError that it raises
        becomes the scenario's problem.
    """
    if inputs.folder is None:
        return ()
    problems: list[Problem] = []
    for name in scenario_names(inputs.folder):
        try:
            scenario = read_scenario(inputs.folder, f"{FOLDER}/{name}{ENDING}")
            years = dict.fromkeys([None, *(step.school_year for step in scenario.steps)])
            for year in years:
                changed = apply_scenarios(inputs, [scenario], school_year=year)
                if more is not None:
                    more(changed)
        except ScenarioError as error:
            problems += error.problems
        except InputError as error:
            problems += [replace(one, file=f"{FOLDER}/{name}{ENDING}") for one in error.problems]
    return tuple(problems)
