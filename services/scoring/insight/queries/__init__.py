"""Reads over all customers at once: `portfolio` as it stands, `kpis` of a period, `movers`, and `risks`."""
