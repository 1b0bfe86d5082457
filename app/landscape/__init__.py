"""What exhibits about landscapes share: the plane as a picture, contour lines, names."""
