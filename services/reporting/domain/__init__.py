"""What the figures mean: one module a figure, each with its definition and where it comes from."""
