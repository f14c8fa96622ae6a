"""SQL of traits, over arrays; what has an array of its own travels as JSON."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.traits.traits import Traits
from shared.db.session import driver

_NAMES = Traits.__struct_fields__
_CHANGED = ", ".join(f"{name} = EXCLUDED.{name}" for name in _NAMES[1:])

_UPSERT = f"""
INSERT INTO customer_traits AS known ({", ".join(_NAMES)})
SELECT DISTINCT ON (customer_id) {", ".join(_NAMES)}
FROM jsonb_populate_recordset(NULL::customer_traits, $1::jsonb) ORDER BY customer_id, version DESC
ON CONFLICT (customer_id) DO UPDATE SET {_CHANGED} WHERE known.version < EXCLUDED.version
"""  # noqa: S608 - fixed names


async def upsert(session: AsyncSession, traits: Sequence[Traits]) -> None:
    """Keeps the newest version of each."""
    await (await driver(session)).execute(_UPSERT, msgspec.json.encode(traits).decode())
