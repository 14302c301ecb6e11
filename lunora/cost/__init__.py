"""What destinations cost: prices read from AWS, and the figures as people and CI want them."""
