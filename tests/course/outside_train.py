"""Answers to 04-images that its checks do not list, right and wrong, as students write them."""

from contextlib import nullcontext

import torch


def trained(
    turn=lambda t, n: t % n == 0,
    for_critics=lambda batches: batches,
    critic_steps=lambda n: 1,
    generator_steps=lambda n: 1,
    alphas=lambda alpha: alpha,
    edits=nullcontext,
    exchanged=False,
    last=lambda d, g: (d, g),
    shift=0,
):
    def answer(model, batches, for_d, for_g, alpha, n):
        down_g = torch.tensor(0.0)
        for i, batch in enumerate(for_critics(batches)):
            for _ in range(critic_steps(n)):
                down_d, _ = model.critic_loss(batch, model.translate(batch), alphas(alpha))
                for_d.zero_grad()
                down_d.backward()
                (for_g if exchanged else for_d).step()
            for _ in range(generator_steps(n) if turn(i + 1, n) else 0):
                seen = batches[i - shift]
                with edits():
                    made = model.translate(seen)
                down_g, _ = model.generator_loss(seen, made)
                for_g.zero_grad()
                down_g.backward()
                (for_d if exchanged else for_g).step()
        return last(down_d.detach(), down_g.detach())

    return answer


def one_backward(model, batches, for_d, for_g, alpha, n):
    down_g = torch.tensor(0.0)
    for t, batch in enumerate(batches, 1):
        made = model.translate(batch)
        down_d, _ = model.critic_loss(batch, made, alpha)
        for_d.zero_grad()
        for_g.zero_grad()
        down_d.backward()
        if t % n == 0:
            down_g, _ = model.generator_loss(batch, made)
            down_g.backward()
            for_g.step()
        for_d.step()
    return down_d.detach(), down_g.detach()


def all_clear(model, batches, for_d, for_g, alpha, n):
    """Right: all gradients are cleared at once, before each of the backward passes."""
    downs = {for_d: torch.tensor(0.0), for_g: torch.tensor(0.0)}
    for t in range(1, len(batches) + 1):
        for player in [for_d] if t % n else [for_d, for_g]:
            batch = batches[t - 1]
            made = model.translate(batch)
            if player is for_d:
                downs[player], _ = model.critic_loss(batch, made, alpha)
            else:
                downs[player], _ = model.generator_loss(batch, made)
            model.zero_grad()
            downs[player].backward()
            player.step()
    return tuple(down.detach() for down in downs.values())


def shared_translation(model, batches, for_d, for_g, alpha, n):
    """Right: the batch is translated once, as in the package."""
    down_g = torch.tensor(0.0)
    for left, batch in enumerate(batches, 1 - n):
        made = model.translate(batch)
        for_d.zero_grad()
        down_d = model.critic_loss(batch, made, alpha)[0]
        down_d.backward()
        for_d.step()
        if not left % n:
            for_g.zero_grad()
            down_g = model.generator_loss(batch, made)[0]
            down_g.backward()
            for_g.step()
    return down_d.item(), down_g.item()


def by_autograd(model, batches, for_d, for_g, alpha, n):
    """Right: gradients by name, and plain descent at the optimisers' own rate."""
    down_g = torch.tensor(0.0)
    for t, batch in enumerate(batches, 1):
        down_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
        _descend(for_d, down_d)
        if t % n == 0:
            down_g, _ = model.generator_loss(batch, model.translate(batch))
            _descend(for_g, down_g)
    return down_d.detach(), down_g.detach()


def _descend(optimiser, loss):
    group = optimiser.param_groups[0]
    found = torch.autograd.grad(loss, group["params"], allow_unused=True)
    with torch.no_grad():
        for weight, gradient in zip(group["params"], found, strict=True):
            if gradient is not None:
                weight -= group["lr"] * gradient


def ordered(for_critics="cbs", for_generators="cbs"):
    """Steps of each player in some order: c clears its gradients, b goes backward, s steps."""

    def answer(model, batches, for_d, for_g, alpha, n):
        down_g = torch.tensor(0.0)
        for t, batch in enumerate(batches, 1):
            down_d, _ = model.critic_loss(batch, model.translate(batch), alpha)
            _play(for_critics, for_d, down_d)
            if t % n == 0:
                down_g, _ = model.generator_loss(batch, model.translate(batch))
                _play(for_generators, for_g, down_g)
        return down_d.detach(), down_g.detach()

    return answer


def _play(order, player, down):
    for letter in order:
        {"c": player.zero_grad, "b": down.backward, "s": player.step}[letter]()


def drawn_alpha(model, batches, for_d, for_g, alpha, n):
    for batch in batches:
        model.critic_loss(batch, model.translate(batch), alpha("seg", len(batch)))


RIGHT_FORMS = {"04-images": [all_clear, shared_translation, by_autograd]}
WRONG = {
    "04-images": {
        "edits without gradient": trained(edits=torch.no_grad),
        "results exchanged": trained(last=lambda d, g: (g, d)),
        "one loss": trained(last=lambda d, g: d),
        "their sum": trained(last=lambda d, g: d + g),
        "always the first batch": trained(for_critics=lambda b: [b[0]] * len(b)),
        "G twice in its turn": trained(generator_steps=lambda n: 2),
        "D n times a batch": trained(critic_steps=lambda n: n),
        "optimisers exchanged": trained(exchanged=True),
        "one backward for both": one_backward,
        "penalty at the edits": trained(alphas=lambda a: lambda k, m: torch.zeros(m)),
        "G never": trained(turn=lambda t, n: False),
        "batches reversed": trained(for_critics=lambda b: b[::-1]),
        "last batch left out": trained(for_critics=lambda b: b[:-1]),
        "the batch before": trained(shift=1),
        "step before backward": ordered("csb", "csb"),
        "D steps before backward": ordered(for_critics="csb"),
        "G steps before backward": ordered(for_generators="csb"),
        "cleared before the steps": ordered("bcs", "bcs"),
        "a drawn alpha": drawn_alpha,
    }
}
AFTERWARDS = {
    "04-images": {
        "every batch but the N-th": trained(turn=lambda t, n: t % n != 0),
        "G n times": trained(generator_steps=lambda n: 3 * n),
        "losses negative": trained(last=lambda d, g: (-d, -g)),
    }
}
JUDGED = {
    "04-images": {
        "edits without gradient": ["edits without gradient"],
        "order + order": ["results exchanged"],
        "shape": ["one loss", "their sum"],
        "wrong + size": [
            "always the first batch",
            "G twice in its turn",
            "batches reversed",
            "the batch before",
            "G n times",
        ],
        "N steps for each batch": ["D n times a batch"],
        "optimisers exchanged": ["step before backward", "cleared before the steps"],
        "critics rest": ["D steps before backward"],
        "generators rest": ["G steps before backward"],
        "alpha is drawn": ["a drawn alpha"],
        "wrong + example": ["optimisers exchanged"],
        "zeros for alpha": ["penalty at the edits"],
        "generators rest + constant + size": ["G never"],
        "changed argument": ["last batch left out"],
        "reversed condition": ["every batch but the N-th"],
        "changed": ["losses negative"],
        "both at once": ["one backward for both"],
    }
}
