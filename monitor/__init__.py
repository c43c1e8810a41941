"""The pure core: the same input gives the same output, always. No clock, no input or output, no chance in here."""
