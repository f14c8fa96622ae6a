"""`python -m services.interaction api | worker | migrate | all`."""

from services.interaction.app import DEFINITION
from shared.cli import main

if __name__ == "__main__":
    main(DEFINITION)
