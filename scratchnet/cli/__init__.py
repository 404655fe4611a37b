"""scratchnet in the terminal."""
