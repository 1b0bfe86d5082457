"""What a network saw: methods that go from one of its numbers back to the picture. One file for each paper."""
