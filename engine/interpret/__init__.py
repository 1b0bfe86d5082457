"""What trained networks have learned to see: one file for each paper."""
