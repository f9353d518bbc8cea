"""A valid three-school district folder with numbers that fit in a comment.

::

    inet --circuit 1000/1000-- fw (2000) --fw-core 10000-- core --+-- wan-E1  100 -- E1-mdf
                                                                  +-- wan-M1  200 -- M1-mdf
                                                                  +-- wan-H1 1000 -- H1-mdf
    each school: mdf --1000-- idf1 --1000-- ap1 (half of its access points)
                 mdf --1000-- idf2 --1000-- ap2 (the other half)

    E1 elementary 200 students 20 staff 10 access points
    M1 middle     400 students 40 staff 20 access points
    H1 high       800 students 80 staff 40 access points
    one Chromebook per student, one laptop per staff member, all present

    per present device, down:  class1  0.1 x 2.0 (video) + 0.2 x 1.0 (web)               = 0.40 Mbps
                               lunch                      0.1 x 1.0 (web)               = 0.10 Mbps
                               class2  0.2 x 2.0 (video) + 0.2 x 1.0 (web) + 0.1 x 0.5  = 0.65 Mbps
    so H1 (880 devices) asks for a mean of 352, 88 and 572 Mbps.

Import it as ``from tests.unit.folders import write_district``.
"""

from collections.abc import Mapping
from pathlib import Path

DISTRICT_TOML = """\
[district]
name = "Three School District"
state = "FL"
nces_leaid = "1299999"
school_year = "2026-27"

[planning]
percentile = 0.95
utilization_limit = 0.80
growth_per_year = 0.25
common_mode_cv = 0.10
class_size = 25
suppress_below = 10
"""

SCHOOLS = """\
school_id,name,lat,lon,level,enrollment,staff
E1,Elm Elementary,27.40,-80.40,elementary,200,20
M1,Maple Middle,27.42,-80.38,middle,400,40
H1,Hickory High,27.44,-80.36,high,800,80
"""

DEVICES = """\
school_id,group,kind,per_person,present_share,background_down_mbps,background_up_mbps,owner
*,students,chromebook,1.0,1,0,0,district
*,staff,laptop,1.0,1,0,0,district
"""

APPS = """\
app,down_mbps,up_mbps,cv,together,destination,cached_share,source
video,2.0,0.1,0.5,0.5,internet,0,hand-made
web,1.0,0.2,1.0,0,internet,0,hand-made
files,0.5,0.5,0,0,datacenter,0,hand-made
"""

ACTIVITIES = """\
level,period,app,share,group
*,class1,video,0.1,*
*,class1,web,0.2,*
*,lunch,web,0.1,*
*,class2,video,0.2,*
*,class2,web,0.2,*
*,class2,files,0.1,*
"""

BELL = """\
period,start,end,kind
class1,08:00,11:00,class
lunch,11:00,12:00,lunch
class2,12:00,15:00,class
"""

#: School, its WAN link in Mbps, access points in each of its two wings.
_BUILDINGS = (("E1", 100, 5), ("M1", 200, 10), ("H1", 1000, 20))


def _nodes() -> str:
    lines = [
        "node_id,kind,school_id,throughput_mbps,count,year_installed,wifi,channel_mhz,streams",
        "inet,internet,,,1,,,,",
        "fw,firewall,,2000,1,2020,,,",
        "core,router,,,1,2020,,,",
    ]
    for school, _, count in _BUILDINGS:
        lines.append(f"{school}-mdf,mdf,{school},,1,2020,,,")
        for wing in (1, 2):
            lines.append(f"{school}-idf{wing},idf,{school},,1,2020,,,")
            lines.append(f"{school}-ap{wing},ap_group,{school},,{count},2022,wifi6,40,2")
    return "\n".join(lines) + "\n"


def _links() -> str:
    lines = [
        "link_id,a,b,down_mbps,up_mbps,role,medium",
        "circuit,inet,fw,1000,1000,primary,leased",
        "fw-core,fw,core,10000,10000,primary,fiber",
    ]
    for school, mbps, _ in _BUILDINGS:
        lines.append(f"wan-{school},core,{school}-mdf,{mbps},{mbps},primary,fiber")
        for wing in (1, 2):
            idf, ap = f"{school}-idf{wing}", f"{school}-ap{wing}"
            lines.append(f"{school}-riser{wing},{school}-mdf,{idf},1000,1000,primary,fiber")
            lines.append(f"{school}-edge{wing},{idf},{ap},1000,1000,primary,copper")
    return "\n".join(lines) + "\n"


NODES = _nodes()
LINKS = _links()

#: File name to text, in the contract's order.
FILES: Mapping[str, str] = {
    "district.toml": DISTRICT_TOML,
    "schools.csv": SCHOOLS,
    "devices.csv": DEVICES,
    "apps.csv": APPS,
    "activities.csv": ACTIVITIES,
    "bell.csv": BELL,
    "nodes.csv": NODES,
    "links.csv": LINKS,
}


def write_district(
    path: Path,
    files: Mapping[str, str | bytes | None] | None = None,
    **overrides: str | bytes | None,
) -> Path:
    """Write the three-school district and give its folder.

    Parameters
    ----------
    path
        Folder to write; made when missing.
    files
        More files by name, such as ``{"Links.csv": "..."}``; None leaves one out.
    overrides
        Files by stem (``schools``, ``links``, ...; ``district`` is district.toml)
        to their whole text or bytes; None leaves the file out.
    """
    whole: dict[str, str | bytes | None] = dict(FILES)
    for stem, content in overrides.items():
        whole["district.toml" if stem == "district" else f"{stem}.csv"] = content
    whole.update(files or {})
    path.mkdir(parents=True, exist_ok=True)
    for name, content in whole.items():
        if content is not None:
            data = content.encode("utf-8") if isinstance(content, str) else content
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return path


def edited(stem: str, old: str, new: str) -> str:
    """Give one file's text with the single occurrence of a piece of it replaced."""
    text = FILES["district.toml" if stem == "district" else f"{stem}.csv"]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {stem}"
    return text.replace(old, new)


def with_rows(stem: str, *rows: str) -> str:
    """Give one file's text with rows added at its end."""
    return FILES[f"{stem}.csv"] + "".join(f"{row}\n" for row in rows)
