"""Documents as pages: staging, Quarto markdown, HTML and PDF."""
