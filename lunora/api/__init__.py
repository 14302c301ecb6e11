"""The HTTP API: a face of `lunora.ops` that runs as one Lambda function behind a function URL."""
