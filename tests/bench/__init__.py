"""How fast and how large, beside what a stock Faust agent does with the same core: `make bench`."""
