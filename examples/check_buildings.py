"""Which buildings run out first, and what stands in the way of each?"""

import netplan

district = netplan.load("data/schools/harbor-county")
report = netplan.check(district)
worst = report.buildings[["name", "bottleneck_element", "headroom_mbps", "exhausted_school_year"]]
print(worst.head(5).to_string(index=False))
