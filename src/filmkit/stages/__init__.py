"""One kind of work a file, each a function from a step and its inputs to outputs and facts."""
