"""`python -m services.notification api | worker | migrate | all`."""

from services.notification.app import DEFINITION
from shared.cli import main

if __name__ == "__main__":
    main(DEFINITION)
