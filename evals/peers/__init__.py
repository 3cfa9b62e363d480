"""Peers: what a user would pick instead of Wolkwijzer, measured on the same questions and the same text."""
