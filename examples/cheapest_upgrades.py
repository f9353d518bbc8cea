"""What is the least to buy so that every building fits for three years?"""

import netplan

district = netplan.load("data/schools/harbor-county")
cheapest = netplan.upgrade(district, years=3, buy_out=True)
print(cheapest.plan.upgrades[["school_year", "element", "to_mbps", "usd"]].to_string(index=False))
print(f"{cheapest.plan.cost_usd:,.0f} USD, at most {cheapest.plan.gap_share:.1%} above the least")
