"""Cost of destinations: prices read from AWS, and figures for people and CI."""
