"""What a scenario takes down, as maps show it: schools that are cut off, and links that are down.

A school without a way loads nothing, so its links look free: without classes of their own, a map
of an outage would look like one of a quiet day.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from netplan.maps.model import Bools, ColorClass, MarkClass, Scene, Steps

#: Nearly black, with enough red to lie on top as what is over does, and gray: apart from the
#: classes of utilization in brightness, for every eye; a mark and dashes tell them too.
CUT_OFF = ColorClass(label="cut off from the internet", color="#420a00")
CUT_OFF_MARK = MarkClass(label="cut off from the internet", marker="cross")
DOWN = ColorClass(label="down in this scenario", color="#565e66")
#: Behind what dashes mean: the legend has one line for them all.
DOWN_DASHES = "gray: down"
CUT_OFF_WORDS, DOWN_WORDS = "cut off", "down"
#: A share of traffic lost within this of one is all of it.
_ALL = 1.0 - 1e-9


def cut_off(buildings: pd.DataFrame) -> Bools:
    """Say which rows of `Capacity.buildings` have no way to the internet."""
    if "lost_share" not in buildings.columns:
        return np.zeros(len(buildings), dtype=np.bool_)
    return np.asarray(buildings["lost_share"].fillna(0.0) > _ALL, dtype=np.bool_)


def links_down(scene: Scene, links: pd.DataFrame) -> Bools:
    """Say which links are down: by themselves, with an end of theirs, or with a shared risk."""
    changed = scene.district.inputs.changed
    failed = () if changed is None else changed.failed
    found: Bools = np.zeros(len(links), dtype=np.bool_)
    for column in ("link_id", "a", "b", "shared_risk"):
        found = found | np.asarray(links[column].isin(failed), dtype=np.bool_)
    return found


def of_both(before: Scene, after: Scene) -> tuple[Scene, Scene]:
    """Give the two scenes of a before / after page the same classes: what one shows, both do."""
    both = (before, after)
    cut = any(
        each.capacity is not None and bool(cut_off(each.capacity.buildings).any()) for each in both
    )
    down = any(bool(links_down(each, each.district.table("links")).any()) for each in both)
    if not (cut or down):
        return both
    one, other = (replace(each, shows_cut_off=cut, shows_down=down) for each in both)
    return one, other


def held(steps: tuple[Steps, ...], rows: Bools, color: int, words: str) -> tuple[Steps, ...]:
    """Keep rows in one class, with words for a utilization, at every step of a slider."""
    if not rows.any():
        return steps
    kept = []
    for each in steps:
        utilization = each.values["utilization"].astype(object)
        utilization[:, rows] = words
        kept.append(
            replace(
                each,
                color=None if each.color is None else np.where(rows, color, each.color),
                values={**each.values, "utilization": utilization},
            )
        )
    return tuple(kept)


def outage_sentence(scene: Scene) -> tuple[str, ...]:
    """Say how many schools are cut off, and what is down."""
    changed = scene.district.inputs.changed
    if scene.capacity is None or changed is None or not changed.failed:
        return ()
    count, total = int(cut_off(scene.capacity.buildings).sum()), len(scene.capacity.buildings)
    if not count:
        return ()
    are = "is" if len(changed.failed) == 1 else "are"
    school = "school is" if total == 1 else "schools are"
    return (
        f"While {', '.join(changed.failed)} {are} down, {count:,} of {total:,} {school} cut off "
        "from the internet.",
    )
