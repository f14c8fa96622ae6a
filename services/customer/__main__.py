"""`python -m services.customer api | worker | migrate | all`."""

from services.customer.app import DEFINITION
from shared.cli import main

if __name__ == "__main__":
    main(DEFINITION)
