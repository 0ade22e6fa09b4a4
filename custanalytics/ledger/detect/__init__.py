"""What the columns and cells of a sales export mean: roles, dates, money, currencies."""
