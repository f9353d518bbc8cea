"""Which places reach the most students who are offline, for 100,000 USD a year?"""

import netplan

district = netplan.load("data/schools/harbor-county")
plan = netplan.access(district, budget_usd_per_year=100_000, time_limit_s=20)
print(plan.sites.to_string(index=False))
