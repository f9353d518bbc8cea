"""The time slider: how loads of schools and links change through the day."""

import numpy as np

from netplan.maps.layers_table import class_of, load_width
from netplan.maps.model import Floats, Loads, Scene, Slider, Steps

TIME = "time"
#: The first step of the time slider: each link and school in its own worst period.
WORST = "Worst period of each"


def time_slider(scene: Scene) -> Slider | None:
    """Give the slider of the school day; None without loads by period."""
    if scene.loads is None:
        return None
    limit = scene.district.planning.utilization_limit
    over = (scene.loads.link_share > limit).sum(axis=1)
    schools_over = (scene.loads.school_share > limit).sum(axis=1)
    anywhere = (
        int((scene.loads.school_share > limit).any(axis=0).sum()),
        int((scene.loads.link_share > limit).any(axis=0).sum()),
    )
    return Slider(
        slider_id=TIME,
        title="Time of day",
        steps=(WORST, *scene.loads.periods),
        notes=tuple(
            _told(int(school), int(link), limit)
            for school, link in [anywhere, *zip(schools_over, over, strict=True)]
        ),
    )


def _told(schools_over: int, links_over: int, limit: float) -> str:
    """Say how many are over; links inside buildings count too."""
    school = "1 school has" if schools_over == 1 else f"{schools_over:,} schools have"
    link = "1 link is" if links_over == 1 else f"{links_over:,} links are"
    return (
        f"{school} something over the limit of {100 * limit:g} % on the way to the internet; "
        f"{link} over it."
    )


def school_steps(
    loads: Loads | None, ids: tuple[str, ...], share: Floats, load: Floats, edges: tuple[float, ...]
) -> tuple[Steps, ...]:
    if loads is None:
        return ()
    order = _order(loads.school_ids, ids)
    shares = np.vstack([share, loads.school_share[:, order]])
    return (
        Steps(
            slider_id=TIME,
            color=class_of(shares, edges),
            values={
                "utilization": shares,
                "load": np.vstack([load, loads.school_mbps[:, order]]),
            },
        ),
    )


def link_steps(
    loads: Loads | None, ids: tuple[str, ...], share: Floats, load: Floats, edges: tuple[float, ...]
) -> tuple[Steps, ...]:
    if loads is None:
        return ()
    order = _order(loads.link_ids, ids)
    shares = np.vstack([share, loads.link_share[:, order]])
    mbps = np.vstack([load, loads.link_mbps[:, order]])
    return (
        Steps(
            slider_id=TIME,
            color=class_of(shares, edges),
            width=load_width(mbps),
            values={"utilization": shares, "load": mbps},
        ),
    )


def _order(known: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    row = {key: number for number, key in enumerate(known)}
    return [row[key] for key in wanted]
