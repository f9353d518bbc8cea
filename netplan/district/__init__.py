"""Validated tables to one frozen District and its networkx topology."""
