"""Commands that answer: one file a group, each loaded when it is called."""
