"""`python -m services.scoring api | worker | migrate | all | fit | replay`."""

from services.scoring.app import DEFINITION
from services.scoring.commands import fit
from services.scoring.replay_commands import replay_commands
from shared.cli import main

if __name__ == "__main__":
    main(DEFINITION, fit, replay=replay_commands)
