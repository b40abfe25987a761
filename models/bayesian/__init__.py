"""Networks whose weights have distributions: sampled, fitted, and in the one case where it is exact."""
