"""What flips under which scenario, and because of what?"""

import netplan

district = netplan.load("data/schools/harbor-county")
found = netplan.whatif(district, "full-tunnel-filter", "update-monday")
for scenario in found.scenarios:
    print(scenario.name, len(scenario.flips), "buildings flip")
