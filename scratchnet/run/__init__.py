"""A run and all that decides it: settings, address, trainer."""
