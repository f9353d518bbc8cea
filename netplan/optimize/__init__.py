"""The only door to the MIP solver: arrays in, values, bound and gap out; no domain words."""
