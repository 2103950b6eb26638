"""Random streams: independent by purpose, equal by seed, no trace in the global state."""

import torch

from secgan_lite.support.randomness import derive, initialisation, stream


def test_a_purpose_has_its_own_stream():
    first = torch.rand(5, generator=stream(0, "targets"))
    assert torch.equal(first, torch.rand(5, generator=stream(0, "targets")))
    assert not torch.equal(first, torch.rand(5, generator=stream(0, "flips")))
    assert not torch.equal(first, torch.rand(5, generator=stream(1, "targets")))


def test_derived_seeds_stay_the_same_everywhere():
    assert derive(0, "targets") == 171810463930762


def test_initial_weights_depend_on_seed_and_name_alone():
    def weights(seed, name):
        with initialisation(seed, name):
            return torch.nn.Linear(3, 3).weight

    torch.manual_seed(5)
    first = weights(0, "rgb/generator")
    after = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(1), after)
    assert torch.equal(first, weights(0, "rgb/generator"))
    assert not torch.equal(first, weights(0, "semantic/generator"))
