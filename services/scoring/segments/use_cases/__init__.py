"""What is done with segments: `editing` the queries, `keeping` their members current."""

from services.scoring.segments.use_cases.editing import change_segment, create_segment, open_index, remove_segment
from services.scoring.segments.use_cases.keeping import Keeper, keep_current

__all__ = ["Keeper", "change_segment", "create_segment", "keep_current", "open_index", "remove_segment"]
