"""CloudFormation stack with the state, secrets and roles that a stack needs in its account."""
