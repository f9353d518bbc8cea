"""What can be left out of a scenario, by name, and what is left then."""

from netplan.whatif.model import Change, Place, Scenario, Step
from netplan.whatif.units import left_out, units_of


def change(name: str, line: int = 1) -> Change:
    return Change(table="links", place=Place(file="s.toml", line=line), name=name, set={"cost": 1})


def scenario(*steps: Step, name: str = "s") -> Scenario:
    return Scenario(name=name, title=name, file=f"{name}.toml", sha256="", steps=steps)


PLACE = Place(file="s.toml", line=9)
FIRST = Step(
    place=PLACE,
    changes=(change("faster", 3), change("slower", 7)),
    events=("update", "remote"),
    filter_mode="full_tunnel",
    failed=("L1",),
)
WAVE = Step(place=PLACE, school_year="2027-28", changes=(change("faster", 20),))


def test_every_piece_is_a_unit_with_its_place() -> None:
    units = units_of([scenario(FIRST, WAVE)], [change("cost", 0)], titles={"update": "An update"})
    assert [unit.unit_id for unit in units] == [
        "s:change-1", "s:change-2", "s:event-update", "s:event-remote",
        "s:filter_mode-full_tunnel", "s:fail-L1", "s:2027-28:change-1", "set-1",
    ]  # fmt: skip
    # two of one name: the later says its year, the first its number
    assert [unit.name for unit in units] == [
        "faster", "slower", "An update", "remote", "the full-tunnel filter", "the failure of L1",
        "faster (2027-28)", "cost",
    ]  # fmt: skip
    assert [unit.place.line for unit in units] == [3, 7, 9, 9, 9, 9, 20, 0]


def test_two_of_one_name_in_one_year_say_their_number() -> None:
    units = units_of([scenario(Step(place=PLACE, changes=(change("a"), change("a"))))])
    assert [unit.name for unit in units] == ["a (1)", "a (2)"]


def test_only_what_is_in_force_counts() -> None:
    before = units_of([scenario(FIRST, WAVE)], school_year="2026-27")
    assert "s:2027-28:change-1" not in [unit.unit_id for unit in before]
    assert len(units_of([scenario(FIRST, WAVE)], school_year="2027-28")) == 7


def test_leaving_out_takes_one_piece_and_nothing_else() -> None:
    whole, sets = scenario(FIRST, WAVE), (change("one"), change("two"))
    units = units_of([whole], sets)
    assert left_out([whole], sets, []) == ((whole,), sets)
    for unit in units:
        (rest,), others = left_out([whole], sets, [unit])
        left = units_of([rest], others)
        assert len(left) == len(units) - 1
        # the school years stay, also of a wave that is empty now
        assert [step.school_year for step in rest.steps] == [None, "2027-28"]
    (nothing,), none = left_out([whole], sets, units)
    assert units_of([nothing], none) == () and len(nothing.steps) == 2
