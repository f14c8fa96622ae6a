"""`python -m services.scoring api | worker | migrate | all | fit`."""

from services.scoring.app import DEFINITION
from services.scoring.commands import fit
from shared.cli import main

if __name__ == "__main__":
    main(DEFINITION, fit)
