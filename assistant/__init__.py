"""The assistant: from a question to an Answer, and to what people see of it."""
