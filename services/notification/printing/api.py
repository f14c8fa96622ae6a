"""Letters to print: runs that hand them over, and their files."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import Response, status

from services.notification.parameters import Admin, DeskDep, Reader
from services.notification.printing import queries
from services.notification.printing.paper import Printed, print_letters
from services.notification.printing.queries import MANIFEST, RunLetters
from services.notification.printing.schemas import PrintRunRead, PrintRunWanted
from services.notification.printing.use_cases import make_run
from shared.clock import wall_now
from shared.web.csv_answer import TABLE, csv_answer
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/print-runs", tags=["print runs"])

_CONFLICT: dict[int | str, dict[str, Any]] = {
    status.HTTP_409_CONFLICT: {"description": "nothing waits to be printed, or letters are not configured"}
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("", status_code=status.HTTP_201_CREATED, responses=_CONFLICT)
async def make_print_run(wanted: PrintRunWanted, session: SessionDep, desk: DeskDep, principal: Admin) -> PrintRunRead:
    """Hands over the letters that wait, each in one run for ever; consent and address are judged once more."""
    run = await make_run(
        session, limit=wanted.limit, by=principal.subject, note=wanted.note, wall=wall_now(), desk=desk
    )
    return PrintRunRead.model_validate(run)


@router.get("")
async def list_print_runs(session: SessionDep, page: PageDep, _principal: Reader) -> Page[PrintRunRead]:
    """Every run, the latest first."""
    return await queries.list_runs(session, page)


@router.get("/{run_id}")
async def read_print_run(run_id: UUID, session: SessionDep, _principal: Reader) -> PrintRunRead:
    """One run."""
    return PrintRunRead.model_validate(await queries.get_run(session, run_id))


@router.get("/{run_id}/letters", response_class=Response, responses=_FILE)
async def read_print_file(run_id: UUID, session: SessionDep, _principal: Reader) -> Response:
    """The letters as one PDF: the same again and again, but for letters to customers who were erased since."""
    printed = await _print(await queries.load_letters(session, run_id))
    headers = {"Content-Disposition": f'attachment; filename="letters-{run_id}.pdf"', "Cache-Control": "no-store"}
    return Response(printed.pdf, media_type="application/pdf", headers=headers)


@router.get("/{run_id}/manifest", response_class=Response, responses=TABLE)
async def read_print_manifest(run_id: UUID, session: SessionDep, _principal: Reader) -> Response:
    """What is in the file, as a CSV table: one line for each letter, with its pages and its address."""
    letters = await queries.load_letters(session, run_id)
    printed = await _print(letters)
    return csv_answer(f"manifest-{run_id}", MANIFEST, letters.manifest(printed.pages))


async def _print(of_run: RunLetters) -> Printed:
    """In a thread of its own, so that hundreds of pages hold up nobody's request."""
    title = f"Print run {of_run.run.run_id}"
    return await asyncio.to_thread(print_letters, of_run.letters, sender=of_run.run.sender, title=title)
