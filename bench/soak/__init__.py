"""A month in the life of a stack, on the embedded AWS and its virtual clock.

`pace` is the clock, `files` and `edits` are what people do to the files, `mishaps` what AWS is
told to break, `operators` what people do beside the files, `world` runs all of it with the real
engine, `observed` is what the embedded AWS did, `account` what came of it for each stream,
`comparison` whether files, state and AWS agree at the end.

How availability is counted is said in `account`.
"""
