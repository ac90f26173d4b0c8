"""The shapes of answers, for the API's documentation: the registry makes them, nothing is converted."""
