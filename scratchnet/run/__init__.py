"""A run and everything that decides it: settings, address, trainer, history."""
