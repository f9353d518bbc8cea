"""Where the load goes: routing, utilization, fair share, failures, cuts, Wi-Fi."""
