"""All edit lists of one delivery, and what each of them cannot say."""

from __future__ import annotations

from dataclasses import dataclass, field

from shortform_assets.contracts.creative import Composition
from shortform_assets.contracts.selection import ClipPlan
from shortform_assets.contracts.source import SourceVideo
from shortform_assets.delivery.edit_lists.cut_sequences import clips_once, cut_sequences, original_file
from shortform_assets.delivery.edit_lists.edl_export import NoEdl, edl
from shortform_assets.delivery.edit_lists.fcpxml_export import fcpxml
from shortform_assets.delivery.edit_lists.otio_export import otio_json
from shortform_assets.text.visible import one_line


@dataclass(frozen=True)
class EditLists:
    """Text by file ending, and sentences for the user about what is missing."""

    files: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def edit_lists(index: Composition, plan: ClipPlan, source: SourceVideo, name: str, heading: str) -> EditLists:
    """FCPXML, EDL and OTIO of the clips that `index` makes outputs of; nothing where it makes none.

    `name` is the original file's: programs look for it beside the list, or ask.
    """
    original = original_file(source, name, index, plan.rate)
    sequences = cut_sequences(index, plan)
    if original is None or not sequences:
        return EditLists()
    title = one_line(heading) or "Clips"
    alone = clips_once(sequences)
    files = {"fcpxml": fcpxml(original, sequences, title)}
    notes = ["camera moves are in the FCPXML; OTIO has them as metadata, an EDL has no place for them"]
    if any(len(f.panels) > 1 or f.fill != "none" for s in sequences for f in s.job.framing.framings):
        notes.append("layouts of several pictures are markers: the whole picture is in their place")
    try:
        files["edl"] = edl(original, alone, title)
    except NoEdl as error:
        notes.append(f"there is no EDL: {error}")
    files["otio"] = otio_json(original, alone, title)
    return EditLists(files, tuple(notes))
