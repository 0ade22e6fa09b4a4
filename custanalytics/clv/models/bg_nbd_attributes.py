"""BG/NBD with what is known of customers from the start: channel, region, first order's value.

Customers with the same attributes follow a BG/NBD of their own; the parameters of these models
differ from each other only by the attributes' effects. So likelihood, derivatives and
predictions are the plain model's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from custanalytics.check import Check
from custanalytics.clv.attributes_trial import PLAIN, SIGNS, AttributedBGNBD, loadings
from custanalytics.clv.holdout import FIT_CUSTOMERS, thinned
from custanalytics.clv.holdout_scores import log_losses
from custanalytics.clv.inputs import PATTERN, Floats, checked, require_repeat_buyers, unique_rows
from custanalytics.clv.model_comparison import usable
from custanalytics.clv.models import newton
from custanalytics.clv.models.beta_geometric import Likelihood
from custanalytics.clv.models.bg_nbd import BGNBD
from custanalytics.clv.models.purchase_models import PurchaseModel, fit
from custanalytics.errors import UsageError
from custanalytics.sentences import tell, tell_many

# a level that fewer customers have joins the others; so do numbers, cut into classes
FEWEST_CUSTOMERS, CLASSES = 50, 4
OTHER, UNKNOWN = "other", "unknown"
# standard errors by which attributes have to help: in one of twenty cases chance does it
SURE = 1.645
# what an effect multiplies, by the parameter that it enters
MULTIPLIED = {"alpha": "buying rate", "a": "a", "b": "b"}


@dataclass(frozen=True)
class AttributeModel:
    """A fitted BG/NBD model whose parameters depend on attributes.

    Attributes
    ----------
    candidate : AttributedBGNBD
        The model, for the patterns of attributes that it was fitted on.
    plain : PurchaseModel
        The BG/NBD model of the same customers without attributes.
    effects : DataFrame
        One row per ``attribute``, ``level`` and ``parameter``: ``effect`` (above 0: buys
        faster, for alpha; a or b are larger by the factor exp(effect)) and
        ``standard_error`` (null: not fixed by the data).
    levels : dict
        Attribute -> its levels, the most frequent first.
    edges : dict
        Numeric attribute -> the inner ends of its classes.
    """

    candidate: AttributedBGNBD
    plain: PurchaseModel
    effects: pd.DataFrame
    levels: dict[str, list[str]]
    edges: dict[str, list[float]]

    def predict(
        self, summary: pd.DataFrame, attributes: pd.DataFrame, horizon_days: float
    ) -> pd.DataFrame:
        """Predict each customer's purchases.

        Parameters
        ----------
        summary : DataFrame
            One row per customer, as for `fit_attributes`.
        attributes : DataFrame
            The same columns as it was fitted on; an unknown level counts as ``other``, or as
            the most frequent one.
        horizon_days : float
            Length of the time predicted.

        Returns
        -------
        DataFrame
            As `PurchaseModel.predict` gives it, in the order of the summary.
        """
        known, candidate = self.for_customers(summary, attributes)
        return candidate.predict(known, horizon_days)

    def for_customers(
        self, summary: pd.DataFrame, attributes: pd.DataFrame
    ) -> tuple[pd.DataFrame, AttributedBGNBD]:
        """Tell customers' patterns, and give the model of them.

        Parameters
        ----------
        summary, attributes : DataFrame
            As for `predict`.

        Returns
        -------
        summary : DataFrame
            With ``attribute_pattern``: the number of each customer's pattern.
        candidate : AttributedBGNBD
            The model for these patterns.
        """
        frame = checked(summary)
        known = _joined(frame, attributes, list(self.levels))
        design = _design(_labels(known, self.edges), self.levels)
        patterns, code = np.unique(design, axis=0, return_inverse=True)
        shares = np.bincount(code) / len(frame)
        candidate = replace(self.candidate, patterns=patterns, shares=shares)
        return frame.assign(**{PATTERN: code.astype(np.int64)}), candidate


@dataclass(frozen=True)
class AttributeTrial:
    """Whether attributes help to predict.

    Attributes
    ----------
    model : AttributeModel or None
        Fitted on the whole summary; None where the attributes did not help.
    check : Check
        What to tell the reader.
    holdouts : list of (DataFrame, AttributedBGNBD)
        Each holdout that could be used with its customers' patterns, and the model fitted on
        the time before its cutoff; empty where the attributes did not help.
    """

    model: AttributeModel | None
    check: Check
    holdouts: list[tuple[pd.DataFrame, AttributedBGNBD]]


def fit_attributes(summary: pd.DataFrame, attributes: pd.DataFrame) -> AttributeModel:
    """Fit the BG/NBD model with effects of attributes on buying and on leaving.

    Parameters
    ----------
    summary : DataFrame
        One row per customer: ``customer_id``, ``frequency``, ``recency``, ``T`` (days),
        ``monetary_value``.
    attributes : DataFrame
        One row per customer: ``customer_id`` and what was known of him at his first purchase
        (null: unknown). Numbers are cut into four classes of about equal size; levels that
        fewer than 50 customers have count as ``other``.

    Returns
    -------
    AttributeModel

    Raises
    ------
    UsageError
        There is no attribute, or customers are named twice.
    UnsupportedError
        Fewer than 20 customers came back.

    Notes
    -----
    For a customer with indicators z of his attributes' levels::

        alpha = alpha0 exp(-g1'z)    a = a0 exp(g2'z)    b = b0 exp(g3'z)

    A prior of standard deviation 1 on each effect, worth one customer or less where the data
    say anything, keeps those possible on which they don't.

    References
    ----------
    Fader, Hardie (2007), Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD
    Models, section 3.
    """
    frame = checked(summary)
    require_repeat_buyers(frame)
    names = [column for column in attributes.columns if column != "customer_id"]
    if not names:
        raise UsageError("attributes need a column beside customer_id")
    known = _joined(frame, attributes, names)
    edges = {name: _edges(known[name]) for name in names if _is_number(known[name])}
    labels = _labels(known, edges)
    levels = {name: _levels(labels[name]) for name in names}
    design = _design(labels, levels)
    plain = fit("BG/NBD", frame)
    size, width = len(frame), design.shape[1]
    patterns, code = np.unique(design, axis=0, return_inverse=True)
    parts = []
    for number, pattern in enumerate(patterns):
        rows = unique_rows(frame[code == number])
        likelihood = Likelihood(rows.frequency, rows.recency, rows.T, rows.weights, rows.frequency)
        parts.append((likelihood, loadings(pattern), float(rows.weights.sum()) / size))

    def objective(theta: Floats) -> tuple[float, Floats, Floats]:
        effects = theta[PLAIN:]
        value = float(effects @ effects) / (2 * size)
        gradient = np.append(np.zeros(PLAIN), effects / size)
        hessian = np.diag(np.append(np.zeros(PLAIN), np.full(len(effects), 1 / size)))
        for likelihood, load, share in parts:
            one, slope, bend = likelihood(load @ theta)
            value += share * one
            gradient += share * (load.T @ slope)
            hessian += share * (load.T @ bend @ load)
        return value, gradient, hessian

    found = newton.minimum(objective, np.append(plain.point, np.zeros(len(SIGNS) * width)))
    errors = np.sqrt(np.diag(newton.covariance(found.hessian, size)))
    effects = found.point[PLAIN:]
    told = [
        (name, level, symbol) for symbol in SIGNS for name in names for level in levels[name][1:]
    ]
    factors = [
        f"{MULTIPLIED[symbol]}: {name} = {level}, against {levels[name][0]}"
        for name, level, symbol in told
    ]
    return AttributeModel(
        candidate=AttributedBGNBD(
            params=dict(
                zip((*BGNBD.symbols, *factors), map(float, np.exp(found.point)), strict=True)
            ),
            log_likelihood=-size * found.value + float(effects @ effects) / 2,
            customers=size,
            converged=found.converged,
            hessian=found.hessian,
            patterns=patterns,
            shares=np.bincount(code) / size,
        ),
        plain=plain,
        effects=pd.DataFrame(told, columns=["attribute", "level", "parameter"]).assign(
            effect=effects, standard_error=errors[PLAIN:]
        ),
        levels=levels,
        edges=edges,
    )


def try_attributes(
    summary: pd.DataFrame, attributes: pd.DataFrame, holdouts: Sequence[pd.DataFrame]
) -> AttributeTrial:
    """Keep the effects of attributes only where they clearly help on the holdouts.

    They do where the log-loss of buying again falls by more than chance would let it in one of
    twenty cases; cutoffs that follow each other closely count as one for that.

    Parameters
    ----------
    summary : DataFrame
        As for `fit_attributes`.
    attributes : DataFrame
        As for `fit_attributes`.
    holdouts : sequence of DataFrame
        As `rolling_holdouts` gives them.

    Returns
    -------
    AttributeTrial
    """
    frames = usable(holdouts)
    if not frames:
        untried = tell("The history is too short to try customers' attributes on, so none is used.")
        return AttributeTrial(None, Check("clv.attributes", None, untried), [])
    models = [fit_attributes(thinned(frame, FIT_CUSTOMERS), attributes) for frame in frames]
    known = [
        model.for_customers(frame, attributes) for model, frame in zip(models, frames, strict=True)
    ]
    trials = np.array(
        [
            _surprises(model.plain, candidate, frame)
            for model, (frame, candidate) in zip(models, known, strict=True)
        ]
    )
    without, knowing, error = (float(mean) for mean in trials.mean(axis=0))
    kept = without - knowing > SURE * error
    names = ", ".join(str(column) for column in attributes.columns if column != "customer_id")
    figures = {
        "n": len(frames),
        "names": names,
        "knowing": knowing,
        "without": without,
        "error": error,
    }
    if kept:
        sentence = tell_many(
            len(frames),
            "Tried on one earlier cutoff, knowing customers' attributes ({names}) helped the "
            "BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}).",
            "Tried on {n} earlier cutoffs, knowing customers' attributes ({names}) helped the "
            "BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}).",
            **figures,
        )
    else:
        sentence = tell_many(
            len(frames),
            "Tried on one earlier cutoff, knowing customers' attributes ({names}) did not clearly "
            "help the BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}), so they are not "
            "used.",
            "Tried on {n} earlier cutoffs, knowing customers' attributes ({names}) did not clearly "
            "help the BG/NBD model to tell who would buy again: log-loss {knowing:.4f} with them, "
            "{without:.4f} without (the difference is uncertain by {error:.4f}), so they are not "
            "used.",
            **figures,
        )
    check = Check("clv.attributes", True if kept else None, sentence, knowing, without)
    if not kept:
        return AttributeTrial(None, check, [])
    return AttributeTrial(fit_attributes(summary, attributes), check, known)


def trial_checks(trial: AttributeTrial, chosen: str) -> list[Check]:
    """Say whether attributes helped, whether they are used, and what their effects mean."""
    if trial.model is None:
        return [trial.check]
    candidate = trial.model.candidate
    if chosen != candidate.name:
        sentence = tell(
            "Although attributes helped the BG/NBD model, “{chosen}” did better on the earlier "
            "cutoffs, so the predictions do not know them.",
            chosen=chosen,
        )
        return [trial.check, Check("clv.attributes_used", None, sentence)]
    effects = trial.model.effects
    effects = effects.assign(clear=effects["effect"].abs() > SURE * effects["standard_error"])
    base = candidate.params
    told = [trial.check]
    for (attribute, level), rows in effects.groupby(["attribute", "level"], sort=False):
        if not rows["clear"].any():
            continue
        rate, more_a, more_b = np.exp(rows.set_index("parameter")["effect"][list(SIGNS)])
        usual = base["a"] / (base["a"] + base["b"])
        leaving = base["a"] * more_a / (base["a"] * more_a + base["b"] * more_b)
        sentence = tell(
            "Customers with {attribute} = {level} buy {rate:.2f} times as often as those with "
            "{attribute} = {other} while they stay, and {leaving:.0%} instead of {usual:.0%} "
            "leave for good after their next purchase.",
            attribute=str(attribute),
            level=str(level),
            rate=float(rate),
            other=trial.model.levels[str(attribute)][0],
            leaving=float(leaving),
            usual=float(usual),
        )
        told.append(Check("clv.attribute_effect", None, sentence, float(rate), 1.0))
    return told


def _surprises(
    plain: PurchaseModel, candidate: AttributedBGNBD, frame: pd.DataFrame
) -> tuple[float, float, float]:
    """Log-loss of buying again without and with attributes, and the difference's error."""
    days = float(frame["holdout_days"].iloc[0])
    bought = np.asarray(frame["holdout_frequency"] > 0, dtype=np.float64)
    without, knowing = (
        log_losses(model.predict(frame, days)["p_purchase"].to_numpy(), bought)
        for model in (plain, candidate)
    )
    error = (without - knowing).std() / np.sqrt(len(frame))
    return float(without.mean()), float(knowing.mean()), float(error)


def _joined(frame: pd.DataFrame, attributes: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    missing = [column for column in ("customer_id", *names) if column not in attributes.columns]
    if missing:
        raise UsageError(f"attributes need the columns {', '.join(missing)}")
    if attributes["customer_id"].duplicated().any():
        raise UsageError("attributes must name each customer once")
    return frame[["customer_id"]].merge(attributes, on="customer_id", how="left")[names]


def _is_number(column: "pd.Series[float]") -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and column.nunique() > CLASSES)


def _edges(column: "pd.Series[float]") -> list[float]:
    ends = column.dropna().quantile(np.arange(1, CLASSES) / CLASSES)
    return sorted({float(end) for end in ends})


def _labels(known: pd.DataFrame, edges: dict[str, list[float]]) -> pd.DataFrame:
    """Every attribute as text."""
    labels = {}
    for name, column in known.items():
        text = column.astype("str")
        if name in edges:
            number = np.searchsorted(edges[str(name)], column.to_numpy(np.float64))
            text = pd.Series([f"class {k + 1}" for k in number], index=column.index)
        labels[name] = text.where(column.notna(), UNKNOWN)
    return pd.DataFrame(labels)


def _levels(labels: "pd.Series[str]") -> list[str]:
    counts = labels.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    often = [str(level) for level in counts.index[counts >= FEWEST_CUSTOMERS]]
    rest = int(counts[counts < FEWEST_CUSTOMERS].sum())
    return [*often, OTHER] if rest >= FEWEST_CUSTOMERS or not often else often


def _design(labels: pd.DataFrame, levels: dict[str, list[str]]) -> Floats:
    """Indicators of each level but the first of each attribute."""
    columns: list[Floats] = [np.zeros((len(labels), 0))]
    for name, known in levels.items():
        text = labels[name].where(labels[name].isin(known), OTHER)
        columns.append((np.array(text)[:, None] == np.array(known[1:])).astype(np.float64))
    return np.hstack(columns)
