"""Where are students offline at home, and how sure is that?"""

import netplan

district = netplan.load("data/schools/harbor-county")
need = netplan.gap(district)
worst = need.areas.sort_values("students_offline", ascending=False)
print(worst[["geoid", "students", "students_offline", "se"]].head(5).to_string(index=False))
print(need.total)
