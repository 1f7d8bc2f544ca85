"""Generators: services and programs that make takes, each behind one protocol."""
