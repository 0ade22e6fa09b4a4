"""Which prospects convert: learned from those decided, tested, scored for the open."""

from custanalytics.prospects.lead_scorer import LeadScorer
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.prospects.learning import fit_lead_scoring
from custanalytics.prospects.prospect_list import prospect_list
from custanalytics.prospects.saved_model import LeadScoringModel

__all__ = ["LeadScorer", "LeadScoring", "LeadScoringModel", "fit_lead_scoring", "prospect_list"]
