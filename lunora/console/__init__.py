"""The console: a page on 127.0.0.1 that shows a stack and controls its streams."""
