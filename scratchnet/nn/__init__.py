"""The mathematics of the network: NumPy only."""
