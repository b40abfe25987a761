"""Cells on a grid that all follow one learned rule."""
