"""The command `lunora`: thin verbs over small functions, for people and CI."""
