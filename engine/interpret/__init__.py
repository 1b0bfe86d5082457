"""What trained networks have learned to see, and what they saw in a picture. One file for each paper."""
