"""Which days to look back from: several to learn on, a later one to test, the last to score."""

from dataclasses import dataclass
from datetime import date, timedelta

from custanalytics.errors import UnsupportedError
from custanalytics.sentences import tell

LEARNING_CUTOFFS = 6
YEAR_DAYS = 365
SEASONS_BACK = 3
SETTLED_DAYS = 180  # before that, a young shop's customers are too new to compare seasons by


@dataclass(frozen=True)
class Schedule:
    """Cutoffs of one analysis: each is the last day looked at before its window."""

    # cutoffs whose windows end on or before `test`, oldest first
    learn: tuple[date, ...]
    # the cutoff the models are tested on; its window ends on `score`
    test: date
    # the last day observed; its window lies in the future
    score: date

    def same_season(self, target: date) -> list[date]:
        """Learning cutoffs one, two or three years before the target day."""
        years_ago = _years_before(target)
        return [cutoff for cutoff in self.learn if cutoff in years_ago]


def plan(first_day: date, last_day: date, window_days: int) -> Schedule:
    """Cutoffs for predicting purchases in a window of `window_days` days after `last_day`."""
    window = timedelta(days=window_days)
    test, newest = last_day - window, last_day - 2 * window
    earliest = first_day + timedelta(days=_history_days(window_days))
    if newest < earliest:
        days = (last_day - first_day).days
        needed = 2 * window_days + _history_days(window_days)
        fits = _longest_window(days)
        figures = {"window": window_days, "needed": needed, "days": days}
        raise UnsupportedError(
            tell(
                "Predicting who buys in the next {window} days needs {needed} days of sales (some "
                "to look back on, one window to learn from, one to test on); there are {days}: a "
                "window of {fits} days or less would do.",
                fits=fits,
                **figures,
            )
            if fits
            else tell(
                "Predicting who buys in the next {window} days needs {needed} days of sales (some "
                "to look back on, one window to learn from, one to test on); there are {days}: "
                "more history would mend it.",
                **figures,
            )
        )
    step = timedelta(days=max(window_days // 3, 7))
    recent = {newest - step * back for back in range(LEARNING_CUTOFFS)}
    seasons = {day for target in (test, last_day) for day in _years_before(target)}
    settled = first_day + timedelta(days=max(SETTLED_DAYS, window_days))
    learn = {day for day in recent if day >= earliest}
    learn |= {day for day in seasons if settled <= day <= newest}
    return Schedule(learn=tuple(sorted(learn)), test=test, score=last_day)


def _history_days(window_days: int) -> int:
    """Days of sales before a cutoff without which it teaches little."""
    return max(30, window_days // 2)


def _longest_window(days: int) -> int:
    fitting = [n for n in range(7, days) if 2 * n + _history_days(n) <= days]
    return max(fitting, default=0)


def _years_before(target: date) -> list[date]:
    return [target - timedelta(days=YEAR_DAYS * back) for back in range(1, SEASONS_BACK + 1)]
