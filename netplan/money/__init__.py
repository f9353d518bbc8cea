"""Money: dated funding rules, cost of ownership by cost center, funding sources and their cliff."""
