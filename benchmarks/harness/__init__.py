"""What every benchmark stands on: a throw-away site, processes that are accounted for, interleaved runs, figures."""
