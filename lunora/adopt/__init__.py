"""Taking over what a former system left behind: find it, say it in files, keep its keys secret."""
