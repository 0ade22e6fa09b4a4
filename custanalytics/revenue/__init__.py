"""Where revenue comes from: first orders, what is bought next, the change against a year before."""
