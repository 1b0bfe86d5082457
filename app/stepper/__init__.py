"""The stepper: one convolution layer, told cell by cell. Every exhibit that opens a number shows it with this."""
