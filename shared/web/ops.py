"""/livez, /readyz and /metrics: what an orchestrator and a monitoring system ask of every process."""

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.observability.readiness import Readiness
from shared.web.edge import EdgeMiddleware


def ops_router(readiness: Readiness) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def live() -> dict[str, str]:
        """Answers as long as the event loop turns; restarting helps only when it does not."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        report = await readiness.report()
        checks = {name: problem or "ok" for name, problem in report.checks.items()}
        status = "ready" if report.ready else "not ready"
        return JSONResponse({"status": status, "checks": checks}, 200 if report.ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def create_ops_app(service: str, readiness: Readiness) -> FastAPI:
    """The small application of a worker, which has no API."""
    app = FastAPI(title=f"{service} worker", openapi_url=None)
    app.include_router(ops_router(readiness))
    app.add_middleware(EdgeMiddleware, service=service)
    return app
