"""Networks with a memory beside them, and how its rows are chosen, read and written."""
