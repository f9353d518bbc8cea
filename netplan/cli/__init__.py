"""One thin command per public call: parse, call, print."""
