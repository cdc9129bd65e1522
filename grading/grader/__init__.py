"""What an answer is worth, in pure Python: no framework, network, clock or randomness."""
