"""What-if: scenario files, their waves and years, sweeps of many, and comparison of results."""
