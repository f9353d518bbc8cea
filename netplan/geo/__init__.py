"""The only door to projections, distances and spatial joins."""
