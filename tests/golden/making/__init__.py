"""Makes the golden documents; see `__main__`."""
