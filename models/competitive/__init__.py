"""Units that compete for each input: the nearest one learns, and its neighbours with it."""
