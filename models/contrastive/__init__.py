"""Learning from comparisons: embeddings in which what belongs together lies close."""
