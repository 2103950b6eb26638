"""The game that the site's page trains: its steps, slopes and W₁ are PyTorch's and SciPy's."""

import copy

import pytest
import torch
from alone import imported
from scipy.optimize import linear_sum_assignment

from secgan_lite.course import plane
from secgan_lite.course.site import PAGE
from secgan_lite.course.site.apps import game_facts
from secgan_lite.support.randomness import initialisation, stream

# Players with the weights of ours take the steps of our batches, and give their weights back.
STEPS = """([weights, batches, rules]) => {
  const { Player, stream, criticStep, generatorStep } = module;
  const [G, D] = weights.map((layers) => {
    const player = new Player(layers[2].b.length, stream(0));
    layers.forEach(({ w, b }, i) => {
      player.layers[i].w.set(w.flat());
      player.layers[i].b.set(b);
    });
    return player;
  });
  for (const batch of batches) criticStep(G, D, batch, rules);
  generatorStep(G, D, batches[0], rules);
  return [G, D].map(({ layers }) => layers.map(({ w, b }) => [[...w], [...b]]));
}"""
PLAYED = """([facts, given, rounds]) => {
  const rules = { ...facts.rules, ...given, spots: Object.values(facts.clouds)[0] };
  const match = new module.Match(facts, rules, 0);
  match.moment();
  for (let k = 0; k < rounds; k++) match.advance();
  return match.moment();
}"""


@pytest.fixture
def match(page):
    """A page that has the script."""
    imported(page, (PAGE / "match.js").read_text(encoding="utf-8"))
    return page


def layers(player):
    linear = [layer for layer in player.body if isinstance(layer, torch.nn.Linear)]
    return [{"w": each.weight.tolist(), "b": each.bias.tolist()} for each in linear]


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("weight", [0.0, 2.0])
@pytest.mark.parametrize("condition", [True, False])
def test_its_steps_are_pytorchs(match, weight, condition, momentum):
    def inject(values, y):
        return plane.inject(values, y if condition else torch.zeros_like(y))

    with initialisation(0, "players"):
        G, D = (plane.Player(n, inject=inject).double() for n in (2, 1))
    before = [copy.deepcopy(layers(player)) for player in (G, D)]
    for_g, for_d = plane.optimiser(G, momentum), plane.optimiser(D, momentum)
    draws, batches = stream(0, "batches"), []
    for _ in range(3):
        y = plane.labels(16, draws)
        x, z = plane.points(y, draws), torch.randn(16, 2, generator=draws)
        batches.append([each.double() for each in (x, y, z, torch.rand(16, 1, generator=draws))])
        plane.critic_step(G, D, for_d, *batches[-1], weight=weight)
    _, y, z, _ = batches[0]
    plane.play(G, D, for_g, for_d, [], z, y)
    given = [
        {"x": x.tolist(), "labels": y.tolist(), "z": z.tolist(), "alpha": alpha.flatten().tolist()}
        for x, y, z, alpha in batches
    ]
    rules = {"rate_d": 5e-3, "rate_g": 5e-3, "momentum": momentum, "penalty": weight}
    rules |= {"condition": condition}
    found = match.evaluate(STEPS, [before, given, rules])
    for player, of_page in zip((G, D), found, strict=True):
        for layer, (w, b) in zip(layers(player), of_page, strict=True):
            assert torch.tensor(w) == pytest.approx(torch.tensor(layer["w"]).flatten(), abs=1e-6)
            assert torch.tensor(b) == pytest.approx(torch.tensor(layer["b"]), abs=1e-6)


def test_its_distance_is_the_cheapest_assignment(match):
    one, other = torch.randn(2, 40, 2, generator=stream(0, "clouds")).double()
    far = torch.cdist(one, other).numpy()
    wanted = far[linear_sum_assignment(far)].mean()
    found = match.evaluate(
        "([one, other]) => module.wasserstein(one, other)", [one.tolist(), other.tolist()]
    )
    assert found == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("condition", [True, False])
def test_it_learns_where_each_label_lives_if_it_hears_it(match, condition):
    moment = match.evaluate(PLAYED, [game_facts(), {"condition": condition}, 500])
    made, labels = torch.tensor(moment["made"]), torch.tensor(moment["labels"])
    corners = torch.tensor([*plane.LABELS.values()]).float()[labels]
    share = plane.label_share(made, corners)
    assert share > 0.95 if condition else share < 0.5
    (_, first), (steps, last) = moment["curves"]["exact"]
    assert steps == 1000 and last < first / (2 if condition else 1)
    assert [len(moment["scores"]), len(moment["scores"][0])] == [4, game_facts()["grid"]]
