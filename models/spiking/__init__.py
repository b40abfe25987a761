"""Neurons that fire: one of them, networks of them, and how they learn."""
