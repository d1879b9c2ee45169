"""The classifier: architectures, training, quantisation, evaluation, and the inference runtime."""
