"""What a browser is given, and what it may ask."""
