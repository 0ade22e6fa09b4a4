"""Does what a plan says, as a whole."""

from contextlib import ExitStack

from custanalytics.engagement.pending import change
from custanalytics.engagement.record import REPORT
from custanalytics.privacy.forget.plan import Plan
from custanalytics.privacy.pseudonyms import read_register, write_register
from custanalytics.render.put_in_place import locked


def carry_out(found: Plan) -> None:
    """Take somebody out of the engagement; a kill at any moment leaves all of it or none."""
    with ExitStack() as held:
        for name in {REPORT, *found.reports}:
            # A run that goes on would put back what is taken out.
            report = (found.folder / name).resolve()
            held.enter_context(locked(report.with_name(f".{report.name}.lock"), report))
        change(found.folder, found.new, found.removed)
    if found.register is not None:
        known = read_register(found.register)
        left = {name: who for name, who in known.items() if who not in found.who.cells}
        write_register(found.register, left)
