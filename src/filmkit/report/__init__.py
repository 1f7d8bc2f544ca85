"""What happened, for terminals, pages and machines. Decides nothing."""
