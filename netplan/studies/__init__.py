"""Studies: one public call each that takes a district through the pipeline many times."""
