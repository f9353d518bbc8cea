"""What does a rollout change? The end of a phased 1:1 against the district as it is."""

import netplan

district = netplan.load("data/schools/harbor-county")
report = netplan.check(district)
rollout = netplan.apply(district, "scenarios/one-to-one.toml")
comparison = netplan.compare(report, netplan.check(rollout))
print(comparison.changes.query("measure == 'headroom_mbps'").head(5).to_string(index=False))
