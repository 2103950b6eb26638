"""The checked exercises of lesson 04; here Algorithm 1 for all four networks."""

from functools import partial

import torch

from secgan_lite.course.checks.exercise import Exercise, Mistake
from secgan_lite.course.checks.trainers import (
    alone,
    alpha_drawn,
    at_once,
    cleared_afterwards,
    cleared_once,
    constant,
    gradients_clipped,
    images_case,
    joined,
    loss_forgotten,
    losses_afterwards,
    one_after_the_other,
    pair,
    train_networks,
    trained,
    weights_clipped,
)
from secgan_lite.course.checks.two_numbers import ALGORITHM

IMAGES = Exercise(
    train_networks,
    images_case,
    {
        "every iteration": Mistake(
            partial(trained, turn=lambda t, n: True),
            "the generators learn from every batch: line 7 lets them wait until t ≡ 0 mod N",
        ),
        "one too early": Mistake(
            alone(turn=lambda t, n: (t - 1) % n == 0),
            "the generators learn from the first batch, and then from every N-th. Line 4 counts "
            "first: t begins at 1",
        ),
        "remainder one": Mistake(
            alone(turn=lambda t, n: t % n == 1),
            "the generators learn from the first batch, and then from every N-th (with N = 1 from "
            "none). Their turn comes when nothing is left over: `t % n == 0`",
        ),
        "critics wait too": Mistake(
            alone(critics_turn=lambda t, n: t % n == 0),
            "the critics wait too: they learn from every batch, the generators from every N-th",
        ),
        "generators first": Mistake(
            partial(trained, order="generators first"),
            "the generators' loss is taken before the critics move. Lines 5 and 6 come first",
        ),
        "both at once": Mistake(
            at_once,
            "both losses are taken before anybody moves. Lines 5 and 6 come first: the generators "
            "answer to the critics as they are after their update",
        ),
        "critics' ascent": Mistake(
            alone(critic_sign=-1),
            "the critics climb their loss. The signs of Eq. 1 are in the loss already",
        ),
        "generators' ascent": Mistake(
            alone(generator_sign=-1),
            "the generators climb their loss. The minus sign of Eq. 2 is in it already: they "
            "descend, like the critics",
        ),
        "for_d in the generators' turn": Mistake(
            alone(critics_again=True, move_g=False),
            "for_d steps in the generators' turn, and the generators do not move. The step there "
            "is for_g's",
        ),
        "critics move again": Mistake(
            alone(critics_again=True),
            "the critics take a second step in the generators' turn. There only for_g steps",
        ),
        "another batch": Mistake(
            alone(later=1),
            "the generators learn from another batch than the critics. Line 8 says: the same",
        ),
        "old gradients of D": Mistake(
            partial(trained, clear_d=False),
            "the critics also follow gradients that were left over: for_d.zero_grad() is missing",
        ),
        "old gradients of G": Mistake(
            partial(trained, clear_g=False),
            "the generators also follow gradients that were left over: for_g.zero_grad() is "
            "missing",
        ),
        "critics rest": Mistake(
            alone(move_d=False),
            "the critics do not move: backward() or for_d.step() is missing, or step() comes "
            "before backward(), or zero_grad() between them deletes the gradient",
        ),
        "generators rest": Mistake(
            alone(move_g=False),
            "the generators do not move. Does for_g step in their turn, and not for_d? Do "
            "zero_grad(), backward(), step() come in this order? Is the loss that of "
            "generator_loss?",
        ),
        "N steps for each batch": Mistake(
            alone(critic_steps=lambda n: n),
            "the critics take N steps on each batch. They take one; the generators' turn comes "
            "after N batches",
        ),
        "critic_loss in the generators' turn": Mistake(
            alone(loss_of_g="critic_loss"),
            "the generators follow critic_loss, which detaches the edits: no gradient reaches "
            "them. Line 8 wants generator_loss",
        ),
        "two steps for each batch": Mistake(
            alone(critic_steps=lambda n: 2),
            "the critics take two steps on each batch. They take one",
        ),
        "N steps of the generators": Mistake(
            alone(generator_steps=lambda n: n),
            "the generators take N steps in their turn, to make up for the wait. They take one",
        ),
        "N steps of the generators for each batch": Mistake(
            alone(generator_steps=lambda n: n, turn=lambda t, n: True),
            "the generators take N steps on each batch: it is the other way round. They take one, "
            "after N batches",
        ),
        "weights clipped": Mistake(
            alone(after_critics=weights_clipped),
            "the critics' weights are clipped to ±0.01, as in the first Wasserstein GAN. Here the "
            "gradient penalty, inside critic_loss, does that work: clip nothing",
        ),
        "gradients clipped": Mistake(
            alone(before_step=gradients_clipped),
            "gradients longer than 1 are shortened. Algorithm 1 clips nothing",
        ),
        "edits without gradient": Mistake(
            alone(edits=torch.no_grad),
            "the generators never hear what the critics say of their edits: line 8 translates "
            "with gradients, without torch.no_grad()",
        ),
        "optimisers exchanged": Mistake(
            alone(exchanged=True),
            "nobody moves. Either zero_grad(), backward(), step() are in another order, so that "
            "step() finds no gradient; or the optimisers are exchanged: for_d has the critics' "
            "weights, for_g the generators'",
        ),
        "no penalty": Mistake(
            partial(trained, alphas=lambda alpha: None),
            "the gradient penalty is left out: give `alpha` to critic_loss",
        ),
        "zeros for alpha": Mistake(
            alone(alphas=constant(0.0)),
            "the penalty gets zeros in place of the drawn α: just pass `alpha` on",
        ),
        "ones for alpha": Mistake(
            alone(alphas=constant(1.0)),
            "the penalty gets ones in place of the drawn α: just pass `alpha` on",
        ),
        "halves for alpha": Mistake(
            alone(alphas=constant(0.5)),
            "the penalty gets 0.5 in place of the drawn α: just pass `alpha` on",
        ),
        "one after the other": Mistake(
            one_after_the_other,
            "the generators move only when the critics have had all their batches: two loops. In "
            "Algorithm 1 they take turns, in one loop",
        ),
        "either or": Mistake(
            alone(critics_turn=lambda t, n: t % n != 0),
            "the critics rest in the generators' turn: `else`? Lines 5 and 6 come in every "
            "iteration; lines 8 and 9 come in addition",
        ),
        "n % t": Mistake(
            alone(turn=lambda t, n: n % t == 0),
            "the generators learn whenever t divides n. It is the other way round: when n divides "
            "t, `t % n == 0`",
        ),
        "cleared once": Mistake(
            cleared_once,
            "the gradients are cleared once, before the loop, and pile up inside: zero_grad() "
            "belongs before each backward()",
        ),
        "mean losses": Mistake(
            partial(joined, join=torch.mean),
            "the networks learn as they should, but the losses are means over the iterations. "
            "Wanted are the last ones",
        ),
        "summed losses": Mistake(
            partial(joined, join=torch.sum),
            "the networks learn as they should, but the losses are summed over the iterations. "
            "Wanted are the last ones",
        ),
        "loss forgotten": Mistake(
            loss_forgotten,
            "the networks learn as they should, but L^G is 0 where the last batch is not the "
            "generators' turn: the line with torch.zeros(()) belongs before the loop",
        ),
        "losses afterwards": Mistake(
            losses_afterwards,
            "the networks learn as they should, but the losses are computed again after the "
            "steps. Wanted are those that led to them",
        ),
        "reversed condition": Mistake(
            alone(turn=lambda t, n: t % n != 0),
            "the condition is reversed: the generators rest in every N-th iteration and learn in "
            "all others",
        ),
        "fixed N": Mistake(
            alone(turn=lambda t, n: t % 2 == 0),
            "the generators learn from every second batch, whatever n is: `t % n`",
        ),
        "ends with the first batch": Mistake(
            lambda model, batches, *given: train_networks(model, batches[:1], *given),
            "it ends with the first batch: `return` stands inside the loop. Move it to the left, "
            "below `for`",
        ),
        "ends with the first turn": Mistake(
            lambda model, batches, *given: train_networks(model, batches[: given[-1]], *given),
            "it ends with the generators' first turn: `return` stands inside the `if`. Move it to "
            "the left, below `for`",
        ),
        "N steps and a turn for each batch": Mistake(
            alone(critic_steps=lambda n: n, turn=lambda t, n: True),
            "each batch gives the critics N steps and the generators one. In Algorithm 1 each "
            "gives the critics one, and every N-th also the generators",
        ),
        "generators once": Mistake(
            partial(one_after_the_other, shown=slice(-1, None)),
            "the generators take one step, after the loop. Their turn belongs into the loop, in "
            "every N-th iteration",
        ),
        "after the loop": Mistake(
            partial(one_after_the_other, shown=slice(-1, None), only_in_turn=True),
            "the generators' turn stands below the loop, so it comes once at most, at the end. "
            "Move the `if` to the right, into the loop",
        ),
        "first turn alone": Mistake(
            alone(turn=lambda t, n: t == n),
            "the generators learn once, when t is n. Their turn comes again at 2n, 3n: "
            "`t % n == 0`",
        ),
        "from the first turn on": Mistake(
            alone(turn=lambda t, n: t >= n),
            "from their first turn on the generators learn in every iteration. Their turn comes "
            "at n, 2n, 3n: `t % n == 0`",
        ),
        "the penalty of one branch": Mistake(
            alone(alphas=lambda alpha: lambda branch, count: alpha("rgb", count)),
            "both branches get the α of the first: just pass `alpha` on",
        ),
        "cleared afterwards": Mistake(
            cleared_afterwards,
            "zero_grad() comes after step(). That is enough only if nothing was left over before; "
            "here something was, as in a network that has learnt already. Clear before backward()",
        ),
    },
    results=("L^D", "L^G", "the critics' steps", "the generators' steps"),
    stops={
        "pair": Mistake(
            pair,
            "critic_loss and generator_loss return a pair, the number and its terms: "
            "`loss, _ = ...`",
        ),
        "alpha is drawn": Mistake(
            alpha_drawn,
            "`alpha` is a function, and critic_loss calls it for each branch: pass it on as it is",
        ),
        "fields of a batch": Mistake(
            lambda model, batches, *given: batches[0].x,
            "The check plays with a small model, whose batches are plain tensors. Give each batch "
            "to the model's methods as it is; they know what is in it",
        ),
    },
    corners=(
        partial(images_case, n=3),  # an N written as a number is found out
        partial(images_case, n=2, iterations=6),  # the last batch is a turn
        partial(images_case, n=1, iterations=3),
    ),
    small={"one batch": partial(images_case, iterations=1, n=2)},
)

EXERCISES = {"04-algorithm": ALGORITHM, "04-images": IMAGES}
