"""Reach, strategies to offers, and the plan that serves students who are offline at home."""
