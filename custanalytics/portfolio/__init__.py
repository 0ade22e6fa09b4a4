"""A public portfolio: entries made of finished engagements, and the site that shows them."""
