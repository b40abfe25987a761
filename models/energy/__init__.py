"""Networks whose states have an energy: Hopfield networks, Boltzmann machines and their training."""
