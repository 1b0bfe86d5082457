"""Training: data sets, the loop as a stream of events, runs that survive a kill. Imports torch."""
