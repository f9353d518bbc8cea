"""What devices ask of the network: mean and variance per school, period and destination."""
