"""Three schools over three school years, small enough for a comment.

::

    devices: Chromebooks for 95 % of E1's students now, for all of M1's from 2027-28 and all of
    H1's from 2028-29. Life 2 years, 10 % lost a year. A steady fleet of 190 is 100 younger ones
    and 90 = 100 x 0.9 older ones, which are due in the first year.

                     2026-27   2027-28   2028-29
    in use               190       590     1,390     190 + 400 + 800
    renewed               90        90        90     100 x 0.9 each time
    new                    0       400       800
    lost                  19        59       139     10 %
    bought               109       549     1,029

    USD              2026-27   2027-28   2028-29   E-Rate
    chromebook        32,700   164,700   308,700        -   300 for one bought (250 to 400)
    insurance          3,800    11,800    27,800        -   20 for one in use
    setup                  -     5,000         -        -   once, from 2027-28
    access points      7,000     7,000     7,000    4,200   70 x 100; Category Two
    WAN                3,600     3,600     3,600    2,160   3 lines x 100 x 12 months
    internet          12,000    12,000    12,000    7,200   1 circuit x 1,000 x 12 months
    other than people 59,100   204,100   359,100
    training           5,910    20,410    35,910        -   10 % of that
    technicians       14,000    14,000    14,000        -   1,400 students x 10
    all               79,010   238,510   409,010   13,560
    net               65,450   224,950   395,450            685,850 in three years

    E-Rate: (200 x 0.8 + 400 x 0.5 + 800 x 0.4) / 1,400 = 680 / 1,400 = 48.6 %: 35 to 49 %, urban,
    so 60 % in both categories. Category Two: 1,400 x 201.57 = 282,198 USD for 2026-27 to 2030-31.

    operating (lasting, 60,000 a year, for everything), grant (one-time, 200,000 in 2026-27 and
    2027-28, for devices and insurance):
    operating         60,000    60,000    60,000
    grant              5,450   164,950         0   what operating leaves
    nobody                 0         0   335,450
    the cliff: 200,000 USD of 2028-29, since devices and insurance cost 336,500 then
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netplan.district.model import District
from netplan.inputs.catalogs import load_catalog
from netplan.inputs.folder import read_folder
from netplan.inputs.model import Changed
from tests.unit.folders import DISTRICT_TOML, LINKS, write_district

YEARS = ("2026-27", "2027-28", "2028-29")
MONEY = "\n[money]\ndevice_life_years = 2\nloss_share_per_year = 0.10\nrural = false\n"
SCHOOLS = """\
school_id,name,lat,lon,level,enrollment,staff,frl_share
E1,Elm Elementary,27.40,-80.40,elementary,200,20,0.8
M1,Maple Middle,27.42,-80.38,middle,400,40,0.5
H1,Hickory High,27.44,-80.36,high,800,80,0.4
"""
_DEVICES = "school_id,group,kind,per_person,owner\n*,staff,phone,1,byod\n"
_FLEET = ("E1,students,chromebook,0.95,district\n", "M1,students,chromebook,1,district\n",
          "H1,students,chromebook,1,district\n")  # fmt: skip
_COSTS = """\
item,title,cost_center,per,device_kind,usd,low_usd,high_usd,how,first_school_year,erate,status,source
chromebook,Chromebook,devices,new_device,chromebook,300,250,400,once,,none,sourced,a quote
insurance,Insurance,insurance,device,chromebook,20,,,yearly,,none,assumption,
setup,Setup,infrastructure,district,,5000,,,once,2027-28,none,assumption,
points,Access points,infrastructure,access_point,,100,,,yearly,,category_two,assumption,
technicians,Technicians,people,student,,10,,,yearly,,none,assumption,
training,Training,professional_development,technology_usd,,0.10,,,yearly,,none,assumption,
"""
FUNDING = """\
source_id,name,kind,first_school_year,last_school_year,usd_per_year,pays_for
operating,Operating budget,sustainable,2020-21,,60000,*
grant,State grant,one_time,2026-27,2027-28,200000,devices;insurance
"""


def costs(text: str = _COSTS) -> str:
    """Give a costs.csv in which nothing of the catalog costs anything but what the text says."""
    own = {line.split(",")[0] for line in text.splitlines()}
    free = [
        f"{item},,devices,district,,0,,,yearly,,none,assumption,"
        for item in load_catalog("costs")["item"]
        if item not in own
    ]
    return text + "".join(f"{line}\n" for line in free)


def links() -> str:
    """Price the circuit and the lines of the three schools."""
    prices = {"link_id": "monthly_usd", "circuit": "1000", "wan-E1": "100", "wan-M1": "100",
              "wan-H1": "100"}  # fmt: skip
    return "".join(f"{line},{prices.get(line.split(',')[0], '')}\n" for line in LINKS.splitlines())


def district(path: Path, waves: int, **overrides: str | None) -> District:
    """Write and read the district with the first waves of its rollout."""
    folder = write_district(
        path,
        None,
        **{
            "district": DISTRICT_TOML + MONEY,
            "schools": SCHOOLS,
            "devices": _DEVICES + "".join(_FLEET[:waves]),
            "links": links(),
            "costs": costs(),
            "funding": FUNDING,
            **overrides,
        },
    )
    return District(inputs=read_folder(folder))


def in_year(one: District, school_year: str, base: District | None = None) -> District:
    """Give a district as it is in a school year, read from a base."""
    inputs = replace(one.inputs, settings=replace(one.settings, school_year=school_year))
    if base is not None:
        inputs = replace(inputs, changed=Changed(base=base.inputs))
    return District(inputs=inputs)


def rollout(path: Path, **overrides: str | None) -> tuple[District, ...]:
    """Give the district of each school year of the table above."""
    base = district(path / "0", 1, **overrides)
    waves: Sequence[District] = [
        district(path / str(place), place + 1, **overrides) for place in (1, 2)
    ]
    return (
        base,
        *(in_year(one, year, base) for one, year in zip(waves, YEARS[1:], strict=True)),
    )
