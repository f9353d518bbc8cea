"""One file per outside source, each turning what it offers into district-folder tables."""
