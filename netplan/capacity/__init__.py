"""What it means for a building: bottleneck, headroom, targets, findings."""
