"""Synthetic districts of any size, from a seed."""
