"""The live view: what the browser asks for, and the stage that shows it."""
