"""What arrangements gives to others: frozen records."""
