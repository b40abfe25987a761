"""Networks on graphs: nodes, and edges along which messages pass."""
