"""What all parts use: settings, errors, texts in two languages, logs, dates, files."""
