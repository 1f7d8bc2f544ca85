"""From files to the model: every fact the plan needs, and all findings at once."""
