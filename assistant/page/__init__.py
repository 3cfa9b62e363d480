"""The chat page: an Answer as HTML, the conversation, and Gradio."""
