"""The three-school district of ``folders.py`` with prices and contracts, planned for three years.

Planning loads of class2, down (``test_pipeline_by_hand.py``), over the limit of 0.8, with 25 %
growth a year; what does not fit the capacity is marked::

    Mbps needed     2026-27   2027-28   2028-29    has    price now     catalog
    wan-E1             273*      341*      427*     100     3,600 a year   1 Gbps at  9,000
    wan-M1             497*      621*      777*     200     7,200          1 Gbps at  9,000
    wan-H1             929     1,162*    1,452*   1,000     9,000         10 Gbps at 12,000
    circuit          1,565*    1,956*    2,446*   1,000    12,120          1 Gbps at 12,120, x2, x3

    more a year      2026-27   2027-28   2028-29
    wan-E1             5,400     5,400     5,400
    wan-M1             1,800     1,800     1,800
    wan-H1                 -     3,000     3,000
    circuit           12,120    12,120    24,240
    together          19,320    22,320    34,440

E-Rate pays 80 % from the second year on: 19,320, 4,464 and 6,888 are left to the district.
"""

from pathlib import Path

from tests.unit.folders import edited, write_district

MONEY = """
[money]
years = 3
erate_discount_share = 0.8
discount_rate_per_year = 0.03
"""
_WAN = {"E1": (100, 300, ""), "M1": (200, 600, ""), "H1": (1000, 750, "")}


def links(**contract_end: str) -> str:
    """Give links.csv with prices; a contract per school, such as ``E1="2027-06"``."""
    lines = [
        "link_id,a,b,down_mbps,up_mbps,role,medium,monthly_usd,contract_end",
        f"circuit,inet,fw,1000,1000,primary,leased,1010,{contract_end.get('circuit', '')}",
        "fw-core,fw,core,10000,10000,primary,fiber,,",
    ]
    for school, (mbps, usd, _) in _WAN.items():
        end = contract_end.get(school, "")
        lines.append(f"wan-{school},core,{school}-mdf,{mbps},{mbps},primary,leased,{usd},{end}")
        for wing in (1, 2):
            idf, ap = f"{school}-idf{wing}", f"{school}-ap{wing}"
            lines.append(f"{school}-riser{wing},{school}-mdf,{idf},1000,1000,primary,fiber,,")
            lines.append(f"{school}-edge{wing},{idf},{ap},1000,1000,primary,copper,,")
    return "\n".join(lines) + "\n"


def priced(path: Path, **contract_end: str) -> Path:
    """Write the district; its firewall is large enough for all years."""
    return write_district(
        path,
        links=links(**contract_end),
        nodes=edited("nodes", "fw,firewall,,2000,", "fw,firewall,,100000,"),
        district=edited("district", "[planning]", f"{MONEY.strip()}\n\n[planning]"),
    )
