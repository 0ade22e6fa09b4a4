"""Lead scoring as an estimator of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import custanalytics as ca
from custanalytics.bundled import sample_data_dir

# Check of scikit-learn -> why it does not apply; all others are passed.
NOT_WITH_THE_GUARD = {
    "check_classifiers_train": "its blobs are told apart by one column alone, which is what the "
    "guard takes for a leak; without the guard it is passed",
}


@parametrize_with_checks(
    [ca.LeadScorer(), ca.LeadScorer(guard=False), ca.LeadScorer("boosting", guard=False)],
    expected_failed_checks=lambda scorer: NOT_WITH_THE_GUARD if scorer.guard else {},
)
def test_it_is_an_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def leads():
    table = ca.read_table(sample_data_dir() / "leads.csv").head(1200)
    decided = table["Result"].isin(["won", "lost"])
    return table[decided].drop(columns="Result"), table.loc[decided, "Result"]


def test_it_reads_the_table_as_it_is_and_leaves_out_what_gives_the_outcome_away(leads):
    X, y = leads
    scorer = ca.LeadScorer().fit(X, y)
    assert scorer.classes_.tolist() == ["lost", "won"]
    assert {"Days to signature", "Invoice total"} <= set(scorer.leaks_)
    assert not set(scorer.leaks_) & set(scorer.get_feature_names_out())
    kept = clone(scorer).set_params(keep=["Invoice total"]).fit(X, y)
    assert "Invoice total" in kept.get_feature_names_out()
    p = scorer.predict_proba(X)
    assert np.allclose(p.sum(axis=1), 1)
    assert abs(p[:, 1].mean() - (y == "won").mean()) < 0.02  # calibrated
    assert (scorer.predict(X) == scorer.classes_[p.argmax(axis=1)]).all()


def test_it_goes_into_pipelines_and_searches(leads):
    X, y = leads
    search = GridSearchCV(
        make_pipeline(ca.LeadScorer()),
        {"leadscorer__model": ["logistic", "base rate"]},
        scoring="neg_log_loss",
        cv=2,
    ).fit(X, y)
    assert search.best_params_ == {"leadscorer__model": "logistic"}
    p = cross_val_predict(search.best_estimator_, X, y, cv=2, method="predict_proba")[:, 1]
    assert 0.6 < roc_auc_score(y == "won", p) < 0.9


def test_where_no_column_is_left_it_says_the_base_rate():
    y = np.arange(200) % 4 == 0
    X = pd.DataFrame({"invoice": np.where(y, 1.0, 0.0)})
    scorer = ca.LeadScorer().fit(X, y)
    assert scorer.leaks_ == ("invoice",)
    assert np.allclose(scorer.predict_proba(X)[:, 1], 0.25)


def test_an_unknown_model_is_refused_with_the_near_one():
    with pytest.raises(ca.UsageError, match="did you mean logistic"):
        ca.LeadScorer("logistics").fit([[1.0], [2.0]], [0, 1])
