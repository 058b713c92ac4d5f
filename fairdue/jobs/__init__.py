"""Background work: procrastinate tasks that call one facade function each, with the present moment."""
