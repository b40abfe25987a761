"""Spiking neurons: how one fires, how a network of them learns, and how a synapse learns from times."""
