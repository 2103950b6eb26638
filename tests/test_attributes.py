"""Attributes: flips, targets, exclusive groups; against loops written from their definition."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from secgan_lite.attributes import (
    ATTRIBUTES,
    COLUMNS,
    EXCLUSIVE,
    NAMES,
    difference,
    index_of,
    permuted_targets,
    resolve,
    rivals,
    single_flips,
)
from secgan_lite.support.randomness import stream

labels = st.lists(st.lists(st.integers(0, 1), min_size=13, max_size=13), min_size=1, max_size=5)


def test_the_papers_thirteen_with_celebas_names():
    assert len(NAMES) == len(set(NAMES)) == 13
    assert [a.name for a in ATTRIBUTES if a.inverted] == ["No_Beard", "Young"]
    assert len(COLUMNS) == len({*COLUMNS}) == 40 and {*NAMES} < {*COLUMNS}
    assert {*sum(EXCLUSIVE, ())} < {*COLUMNS}


def test_exclusion_is_mutual():
    assert torch.equal(rivals(), rivals().T) and not rivals().diagonal().any()
    assert rivals()[index_of("Bald"), index_of("Bangs")]
    all_of_celeba = rivals(COLUMNS)
    assert all_of_celeba[COLUMNS.index("Gray_Hair"), COLUMNS.index("Black_Hair")]
    assert not all_of_celeba[COLUMNS.index("Bald"), COLUMNS.index("Receding_Hairline")]


def test_an_unknown_attribute_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'Eyeglasses'"):
        index_of("Eyeglases")


@given(labels)
def test_literal_flips_change_exactly_one_entry(rows):
    y = torch.tensor(rows, dtype=torch.float32)
    for attribute, target in enumerate(single_flips(y)):
        changed = target != y
        assert changed[:, attribute].all() and changed.sum() == len(y)


@given(labels)
def test_resolved_flips_obey_the_groups(rows):
    y = torch.tensor(rows, dtype=torch.float32)
    for attribute, target in enumerate(single_flips(y, resolved=True)):
        for row in range(len(y)):
            expected = y[row].clone()
            expected[attribute] = 1 - y[row, attribute]
            if expected[attribute] == 1:
                for group in EXCLUSIVE:
                    for rival in group if NAMES[attribute] in group else ():
                        if rival in NAMES and rival != NAMES[attribute]:
                            expected[index_of(rival)] = 0
            assert torch.equal(target[row], expected)


def test_what_the_user_set_wins_over_its_rivals():
    y = torch.ones(1, 13)
    changed = torch.zeros(1, 13, dtype=torch.bool)
    changed[0, [index_of("Bald"), index_of("Bangs")]] = True
    assert resolve(y, changed)[0, [index_of("Bald"), index_of("Bangs")]].tolist() == [1, 1]


def test_flips_of_a_subset_of_attributes():
    names = ("Bangs", "Bald")
    target = single_flips(torch.tensor([[0.0, 1.0]]), names, resolved=True)
    assert target.tolist() == [[[1.0, 0.0]], [[0.0, 0.0]]]


@given(labels, st.integers(0, 99))
def test_targets_are_the_batchs_own_labels(rows, seed):
    y = torch.tensor(rows)
    targets = permuted_targets(y, stream(seed, "targets"))
    assert sorted(targets.tolist()) == sorted(y.tolist())
    assert torch.equal(targets, permuted_targets(y, stream(seed, "targets")))


def test_the_difference_lies_in_minus_one_to_one():
    y_trg, y_src = torch.tensor([[0.0, 1.0, 1.0]]), torch.tensor([[1.0, 1.0, 0.0]])
    assert difference(y_trg, y_src).tolist() == [[-1, 0, 1]]
    with pytest.raises(ValueError, match="must agree"):
        difference(y_trg, y_src[:, :2])
