"""What no rule and no row decides alone: how scarce things are shared. Pure: arrays in, arrays out."""
