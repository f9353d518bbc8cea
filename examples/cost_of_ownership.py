"""What does the rollout cost, who pays, and when does a grant end that somebody counts on?"""

import netplan

district = netplan.load("data/schools/harbor-county")
cost = netplan.cost(district, "one-to-one", years=5)
print(cost.ownership.unfunded.to_string(index=False))
for finding in cost.ownership.findings:
    print(finding.message)
