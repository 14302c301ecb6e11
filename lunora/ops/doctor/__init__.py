"""What `lunora doctor` looks at: the machine, the account, the flows and the channels."""
