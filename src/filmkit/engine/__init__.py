"""Executes the misses of a work graph: in threads, or under Prefect."""
