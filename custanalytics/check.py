"""Statistical doubts as values: a check is printed in the report, never raised."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One judgement about data or model, with the figure it rests on.

    Attributes
    ----------
    name : str
        Stable key, for example ``"clv.repeat_buyers"``: the module, a dot, the matter.
    passed : bool or None
        True, False, or None where the data can't tell.
    sentence : str
        One plain sentence for the reader of the report, figures included.
    value, threshold : float or None
        The figure found and the bound it is held against.
    source : str
        Where the threshold comes from (paper or rule of thumb); may be empty.
    """

    name: str
    passed: bool | None
    sentence: str
    value: float | None = None
    threshold: float | None = None
    source: str = ""
