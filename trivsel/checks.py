"""System checks of our own."""
