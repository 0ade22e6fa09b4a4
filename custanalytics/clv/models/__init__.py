"""The models of purchases and of spend, one file each."""
