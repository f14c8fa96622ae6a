"""Composition root of the scoring service: which parts make its API, and which its worker."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.scoring.allocations import api as allocations_api
from services.scoring.background import Background
from services.scoring.facts import api as facts_api
from services.scoring.facts.jobs import batch_folding_job
from services.scoring.facts.translation import KINDS
from services.scoring.history import api as history_api
from services.scoring.insight import api as insight_api
from services.scoring.lifetime import api as lifetime_api
from services.scoring.lifetime.jobs.fitting import ModelFitter, drift_job, fit_job
from services.scoring.policies import api as policies_api
from services.scoring.policies.jobs import PolicySwitcher
from services.scoring.policies.queries import Policies, read_policy
from services.scoring.portfolio import api as portfolio_api
from services.scoring.portfolio.jobs import snapshot_job
from services.scoring.replays import api as replays_api
from services.scoring.replays.jobs import Replayer, replay_pruning_job
from services.scoring.scores import api as scores_api
from services.scoring.scores.consumers import CustomerHandler, InteractionHandler
from services.scoring.scores.jobs import Rescorer, review_job
from services.scoring.scores.queries import Contexts
from services.scoring.scores.use_cases import Teller
from services.scoring.segments import api as segments_api
from services.scoring.segments.jobs import SegmentKeeper
from services.scoring.segments.use_cases import Keeper
from services.scoring.settings import ScoringSettings
from services.scoring.simulations import api as simulations_api
from services.scoring.simulations.jobs import Simulator, pruning_job
from services.scoring.value_reports import api as value_reports_api
from shared.clock import Clock
from shared.contracts.customer import CustomerChanged, CustomerRegistered
from shared.messaging.consumer import Consumer
from shared.messaging.relay import OutboxRelay
from shared.runtime import Component
from shared.scheduling import Job, Scheduler
from shared.service import Platform, ServiceDefinition
from shared.web.app import create_app

_DESCRIPTION = """What customers are worth and how loyal they are, and why.

Every figure comes with reasons that add up to it and with the policy and model it was computed under, and can be asked
for as of any past instant. Scores follow each interaction within moments, and change with silence too."""

_ROUTERS = (
    scores_api.router,
    history_api.router,
    portfolio_api.router,
    *insight_api.ROUTERS,
    allocations_api.router,
    lifetime_api.router,
    *policies_api.ROUTERS,
    simulations_api.router,
    replays_api.router,
    segments_api.router,
    value_reports_api.router,
    facts_api.router,
)


def create_api(platform: Platform[ScoringSettings]) -> FastAPI:
    app = create_app(
        "scoring",
        title="Rapport: scores",
        description=_DESCRIPTION,
        version="1",
        platform=platform,
        routers=_ROUTERS,
    )
    app.state.policies = Policies(read_policy(platform.settings.policy_file))
    app.state.contexts = Contexts(app.state.policies)
    return app


def create_worker(platform: Platform[ScoringSettings]) -> Sequence[Component]:
    settings, database, clock = platform.settings, platform.database, platform.clock
    policies = Policies(read_policy(settings.policy_file))
    teller = Teller(Contexts(policies), platform.outbox, clock)
    on_interactions, on_customers = InteractionHandler(teller), CustomerHandler(teller)
    return (
        OutboxRelay(database, platform.broker),
        Scheduler(_jobs(policies, teller, clock, settings.rescore_batch), database, clock),
        *_background(platform, policies, teller),
        Consumer(
            group="scoring.worker",
            handlers={
                CustomerRegistered: on_customers,
                CustomerChanged: on_customers,
                **dict.fromkeys(KINDS, on_interactions),
            },
            database=database,
            broker=platform.broker,
            # The facts table remembers every event, and customers their version.
            deduplicate=False,
            twins=True,
            max_batch=settings.max_batch,
        ),
    )


def _jobs(policies: Policies, teller: Teller, clock: Clock, batch: int) -> Sequence[Job]:
    return (
        fit_job(policies, clock),
        drift_job(policies, clock),
        snapshot_job(policies, clock),
        review_job(teller, batch=batch),
        batch_folding_job(),
        pruning_job(),
        replay_pruning_job(),
    )


def _background(platform: Platform[ScoringSettings], policies: Policies, teller: Teller) -> Sequence[Component]:
    settings, database, clock = platform.settings, platform.database, platform.clock
    switcher = PolicySwitcher(database=database, clock=clock, policies=policies)
    fitter = ModelFitter(database=database, clock=clock, policies=policies)
    rescorer = Rescorer(database=database, teller=teller, batch=settings.rescore_batch)
    simulator = Simulator(database=database, clock=clock, contexts=Contexts(policies), batch=settings.simulation_batch)
    replayer = Replayer(database=database, teller=teller, batch=settings.replay_batch)
    segments = Keeper(Contexts(policies), platform.outbox, clock)
    keeper = SegmentKeeper(database=database, keeper=segments, batch=settings.segment_batch)
    return (
        Background("policy_switcher", switcher.step),
        Background("model_fitter", fitter.step),
        Background("rescorer", rescorer.step),
        Background("simulator", simulator.step),
        Background("replayer", replayer.step),
        Background("segment_keeper", keeper.step, idle_seconds=0.5, longest_idle_seconds=2.0),
    )


DEFINITION = ServiceDefinition(
    name="scoring", settings=ScoringSettings, create_api=create_api, create_worker=create_worker
)
