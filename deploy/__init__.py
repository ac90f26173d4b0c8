"""How Suanbei runs elsewhere, and tools for those who work on it."""
