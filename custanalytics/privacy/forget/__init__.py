"""Takes a person out of an engagement: found first, then taken out as a whole, and told."""

from custanalytics.privacy.forget.carry_out import carry_out
from custanalytics.privacy.forget.plan import Plan, plan

__all__ = ["Plan", "carry_out", "plan"]
