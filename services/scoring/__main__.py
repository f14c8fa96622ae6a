"""`python -m services.scoring api | worker | migrate | all`."""

from services.scoring.app import DEFINITION
from shared.cli import main

if __name__ == "__main__":
    main(DEFINITION)
