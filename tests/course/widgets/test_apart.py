"""What told first how a run ends, from curves that are made up and from the recorded ones."""

from dataclasses import replace

import pytest

from secgan_lite.course.recorded import load_dynamics
from secgan_lite.course.widgets.apart import apart


@pytest.fixture(scope="module")
def healthy():
    return load_dynamics("run-b")


def changed(run, since, until=10**9, **factors):
    """The same run, with terms multiplied from one iteration to another."""
    log = [
        r | {k: r[k] * f for k, f in factors.items()} if since <= r["iteration"] < until else r
        for r in run.log
    ]
    return replace(run, log=log)


def test_a_run_never_leaves_itself(healthy):
    found = apart(healthy, healthy)
    assert (found.at, found.panels, found.judge) == (None, [], None)


def test_more_than_a_tenth_three_times_in_a_row(healthy):
    for factor, at in ((1.08, None), (1.12, 200), (0.88, 200), (float("nan"), 200)):
        found = apart(changed(healthy, 200, **{"rgb/rec": factor}), healthy)
        assert (found.at, found.panels) == (at, ["error"] if at else [])
    twice = changed(healthy, 200, until=240, **{"rgb/rec": 2.0})
    assert apart(twice, healthy).at is None


def test_the_first_panel_counts_and_several_at_once(healthy):
    late = changed(healthy, 300, **{"rgb/rec": 2.0})
    both = changed(late, 100, **{"rgb/sc": 2.0, "rgb/fake_accuracy": 0.5})
    found = apart(both, healthy)
    assert (found.at, found.panels) == (100, ["recognised", "disagreement"])


def test_a_critic_may_be_one_away(healthy):
    logs = [
        replace(healthy, log=[r | {"rgb/critic": r["rgb/critic"] + more} for r in healthy.log])
        for more in (0.9, 1.1)
    ]
    assert [apart(run, healthy).panels for run in logs] == [[], ["critic"]]


def test_the_judge_stays_below_by_more_than_ten_points(healthy):
    shares = [score["tarr"]["value"] for score in healthy.scores]
    below = [0.2, 0.05, 0.2, 0.11] + [0.3] * (len(shares) - 4)
    scores = [
        score | {"tarr": {"value": share - less}}
        for score, share, less in zip(healthy.scores, shares, below, strict=True)
    ]
    assert apart(replace(healthy, scores=scores), healthy).judge == healthy.scores[2]["iteration"]


def test_of_the_recorded_runs_curves_tell_before_the_judge(healthy):
    loud, quiet = (apart(load_dynamics(name), healthy) for name in ("run-c", "run-a"))
    assert "critic" in loud.panels and "recognised" in quiet.panels
    assert loud.at < loud.judge and quiet.at < quiet.judge
