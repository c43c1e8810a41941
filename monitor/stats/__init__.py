"""What is counted: small values with a stated size and error, updated one posting at a time."""
