"""The classifier: architectures, training, quantisation, evaluation, and the runtime that reads faces."""
