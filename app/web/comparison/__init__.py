"""Any entry beside any other, or one entry at two settings."""
