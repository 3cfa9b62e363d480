"""Measures answers from the side: cases, scores, runs and reports. Nothing else imports it."""
