# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00b · Conditional GANs: the whole idea in the plane
#
# **Question.** How can a network learn to make things that fit a label, and then to *change* the label of a thing, when nobody ever shows it a single changed example?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 35 min, exercises 70 min | 1 min | under 1 GB | gradients in PyTorch; [00 · Start here](00_start_here.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. The papers that this lesson tells of are linked [at its end](#References).

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **derive** why the first GAN loss stops teaching when real and generated data lie apart, and why a critic of slope 1 does not;
# 2. **write** a conditional GAN yourself: the label's way in, the critic's step, the generator's step (exercises A1, A2, A3);
# 3. **tell** three failures apart by looking: no penalty, no condition, mode collapse; and **measure** what a design choice changes (exercise B);
# 4. **explain** how an editor learns without pairs, and **find** a fault in one from its symptoms (exercise C).
#
# ## Contents
#
# [Parameters](#Parameters) · [Data](#1.-Data:-four-clusters) · [The game](#2.-The-game,-and-why-it-can-stop-teaching) · [A distance](#3.-A-distance-that-always-teaches) · [Write it](#4.-Write-it) · [Failures](#5.-Three-ways-to-fail) · [Editing](#6.-Editing-without-pairs) · [The family](#7.-From-the-plane-to-SeCGAN) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class read sections 1, 4 and 6, and do exercises A1 to A3.*

# %% [markdown]
# ## Parameters
#
# Every result of this lesson is measured with three seeds: `seed` and the two numbers after it. A seed fixes all random numbers, so that you can repeat a run.

# %% tags=["parameters"]
iterations: int = 1000  # steps that each player takes in the main game
seed: int = 0  # of all random numbers; two more seeds follow it

# %% tags=["setup"]
import torch
from torch.nn.functional import softplus

from secgan_lite.course import TODO, Live, check, claim, figures, footer, plane, settings, show
from secgan_lite.support.randomness import initialisation, stream

# %%
settings(globals(), iterations=int, seed=int)
torch.set_num_threads(1)  # in networks as small as these a second thread only waits
seeds = [seed, seed + 1, seed + 2]

# %% [markdown]
# ### Predict first
#
# An editor shall move points from one cluster to another. It is taught by examples of each cluster, but never by a pair "before, after". Three teachers are possible for what it must *keep*: nobody (`"nobody"`), "if I ask for no change, change nothing" (`"zero"`), or "if I ask you to undo your edit, come back" (`"cycle"`). Which editor comes closest to the true edit? Write your guess down; [section 6](#6.-Editing-without-pairs) gives the verdict.

# %%
guess = ""  # "nobody", "zero" or "cycle"

# %% [markdown]
# ## 1. Data: four clusters
#
# A face has thousands of pixels. To see what a GAN does we take the smallest world in which all its questions exist: points in the plane. Each point $x$ has two **labels** $y$: is it *right*, and is it *up*? Each is 0 or 1, as "has a beard" or "has bangs" will be later.

# %%
draws = stream(seed, "data")  # a source of random numbers of its own
y_real = plane.labels(400, draws)  # (400, 2): right, up
x_real = plane.points(y_real, draws)  # (400, 2)
show(
    figures.clusters(x_real, y_real),
    "What does a label say about a point, and what does it not say?",
)

# %% [markdown]
# *What does a label say about a point, and what not?* It says in which quarter the point lies. It does not say near which of the three **spots** of the cluster. Think of the spot as the person, and of the label as the hair colour. All four clusters have the same shape, so every point has a **true edit**: to make it *right*, shift it by 3. We know this, but we do not tell the networks. We use it to judge them.
#
# A **<dfn>conditional generator</dfn>** $G(z, y)$ gets random numbers $z$, called *noise*, and a label $y$, and puts out a point. It is good if its points for a label look like real points with that label: in the right quarter, and spread over all three spots.
#
# ## 2. The game, and why it can stop teaching
#
# How does one tell a network "look like these"? Comparing each made point with one real point fails, because no real point is *the* right one. The idea of a generative adversarial network (GAN) is to train a second network to see the difference. The **discriminator** $D(x, y)$ gives the probability that $x$ is real, given its label. $D$ wants to be right, $G$ wants $D$ to be wrong:
#
# $$\min_G\,\max_D\;\; E_{x,y}\big[\log D(x, y)\big] + E_{z,y}\big[\log\big(1 - D(G(z, y), y)\big)\big]$$
#
# Such an aim is called a **<dfn>minimax</dfn>** problem: the inner player makes a number large, the outer player makes that largest number small. For a fixed $G$ the best answer of $D$ can be written down. Let $p$ be the density of real points of a label, and $q$ that of made points. At each $x$, $D$ chooses a number that maximises $p\log D + q\log(1 - D)$; setting the derivative to zero gives
#
# $$D^*(x, y) = \frac{p(x \mid y)}{p(x \mid y) + q(x \mid y)}$$
#
# and if we put this back into the first line, what is left for $G$ is
#
# $$\min_G\;\; 2\,\mathrm{JS}(p, q) - \log 4$$
#
# where JS, the Jensen-Shannon divergence, is a number that is 0 if $p = q$ and at most $\log 2$. Here is the catch. If real and made points do not overlap, JS is $\log 2$, *however far apart they are*. A constant has no slope. So a perfect $D$ tells $G$ that it is wrong, and not where to go.
#
# Let us measure it. The real points lie up right, the made points down left, and neither moves. $D$ takes 300 steps. In code $D$ is a score $s$ behind a sigmoid, $D = 1/(1 + e^{-s})$. So the gradient of $\log(1 - D)$ at a made point is $-D\,\nabla s$. Goodfellow's remedy was to let $G$ maximise $\log D$ in its place; that gradient is $(1 - D)\,\nabla s$.


# %%
y_one = torch.ones(150, 2)  # we look at one label: right and up
real = plane.points(y_one, stream(seed, "real"))
made = plane.points(1 - y_one, stream(seed, "made"))  # a beginner's: in the wrong quarter


def learn(loss_of, s, steps=300):
    """A network of points that descends a loss; with each step its slope and D at made points."""
    with initialisation(s, "critic"):  # its first weights depend on s alone
        network = plane.Player(1)
    optimiser, slope, probability = plane.optimiser(network), [], []
    for _ in range(steps):
        loss = loss_of(network)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slope.append(plane.slopes(network, made, y_one).norm(dim=1).detach())
        probability.append(network(made, y_one).sigmoid()[:, 0].detach())
    return network, torch.stack(slope), torch.stack(probability)


def discriminate(D):
    """−log D for real points and −log(1 − D) for made points."""
    return softplus(-D(real, y_one)).mean() + softplus(D(made, y_one)).mean()


# %%
original, remedy = [], []
for s in seeds:
    _, slope, probability = learn(discriminate, s)
    original.append((probability * slope).mean(dim=1))
    remedy.append(((1 - probability) * slope).mean(dim=1))

# %% [markdown]
# ## 3. A distance that always teaches
#
# Overlap is a poor measure of how far apart two clouds are. A better one is the work of carrying one to the other. Pair every made point with a real point, so that the mean distance of the pairs is as small as possible. That smallest mean is the **<dfn>Wasserstein distance</dfn>** $W_1$, also called the earth mover's distance. It grows with the distance of the clouds, so its slope says where to go.
#
# To find the best pairs of thousands of images at each step would be far too slow. But there is a way round. Call a function $f$ **<dfn>1-Lipschitz</dfn>** if it never climbs faster than 1 per unit of distance: $f(x) - f(x') \le \lVert x - x'\rVert$. Then for *any* pairs $(x, x')$
#
# $$E_p[f] - E_q[f] \;=\; E\big[f(x) - f(x')\big] \;\le\; E\lVert x - x'\rVert$$
#
# The right side does not depend on $f$, and the left side does not depend on the pairs. So the largest left side is at most the smallest right side:
#
# $$\max_{f\ \text{1-Lipschitz}}\; E_p[f] - E_q[f] \;\le\; \min_{\text{pairs}}\, E\lVert x - x'\rVert = W_1(p, q)$$
#
# We have just proved one half of a theorem. The other half, by Kantorovich and Rubinstein, says that both sides are *equal*. This is called **<dfn>duality</dfn>**. So instead of searching for pairs one may train a network $f$ to score real points high and made points low. Such a network gives no probability; it is called a **<dfn>critic</dfn>**, and we write $D$ for it again.
#
# *Why must its slope be 1, and not just at most 1?* Where both sides are equal, the best $f$ climbs from each made point to its partner by exactly their distance. It may not climb faster than 1 anywhere, so it must climb by 1 *all along* the line between them. The **<dfn>gradient penalty</dfn>** of WGAN-GP asks for just that, at random places $\tilde x$ between real and made points:
#
# $$L_D = \underbrace{E[D(G(z, y), y)] - E[D(x, y)]}_{\text{minus the estimate of } W_1} + \lambda_{gp}\, E\big[(\lVert\nabla D(\tilde x, y)\rVert - 1)^2\big], \qquad L_G = -E[D(G(z, y), y)]$$
#
# On our two clouds, with the exact distance beside it. `plane.wasserstein` finds the best pairs, and the best scores of both clouds as well.

# %%
exact = plane.wasserstein(real, made)


def criticise(D, weight=10):
    """The critic's loss on the two clouds that stay."""
    alpha = torch.rand(len(real), 1, generator=draws)
    penalty = plane.penalty(D, real, made, y_one, alpha)
    return D(made, y_one).mean() - D(real, y_one).mean() + weight * penalty


critics, kept, ratios, estimates = {}, [], [], []
for s in seeds:
    critics["with penalty"], slope, _ = learn(criticise, s)
    D = critics["with penalty"]
    kept.append(slope.mean(dim=1))
    between = torch.lerp(made, real, torch.rand(150, 1, generator=draws))
    steepness = plane.slopes(D, between, y_one).norm(dim=1).mean()
    gap = D(real, y_one).mean() - D(made, y_one).mean()
    estimates.append(f"{gap:.2f} / {steepness:.2f} = {gap / steepness:.2f}")
    ratios.append((gap / steepness).item() / exact.cost)
curves = {"original: log(1 − D)": original, "remedy: log D": remedy, "critic, slope 1": kept}
show(
    figures.fading({name: torch.stack(c).mean(dim=0).tolist() for name, c in curves.items()}),
    "How large is the gradient that reaches the made points, as D learns?",
)

# %% tags=["nbval-check-output"]
first, last, critic_last = (
    torch.stack([c[k] for c in curve]) for curve, k in ((original, 0), (original, -1), (kept, -1))
)
print("original loss, first step:", [f"{v:.3f}" for v in first.tolist()])
print("original loss, last step below 0.01:", (last < 0.01).tolist())
print("critic, last step:", [f"{v:.1f}" for v in critic_last.tolist()], "limits 1 and 1.5")
claim("the gradient fades away", bool((last < 0.1 * first).all()), n=3)
inside = bool(((critic_last > 1) & (critic_last < 1.5)).all())
claim("the gradient stays between 1 and 1.5", inside, n=3)

# %% [markdown]
# *How much can a generator learn from D after 300 steps?* The axis is logarithmic; each curve is a mean of three seeds. With the original loss the gradient fades away as D learns: a D that is sure does not teach. The remedy keeps a gradient, but its size has no meaning and depends on how long D has trained. With the critic the gradient stays between 1 and 1.5. Why not at 1 exactly? A slope $s$ earns $s\,W_1$ and pays $\lambda_{gp}(s - 1)^2$, so their difference has its maximum at $s = 1 + W_1/(2\lambda_{gp})$: with $W_1 = 4.24$ and $\lambda_{gp} = 10$ that is $1.21$.
#
# Now the critic as a measuring device. Beside it we train a critic without the penalty, whose slope is free.

# %%
critics["without penalty"], steep, _ = learn(lambda D: criticise(D, weight=0), seed)
show(
    figures.transports(real, made, exact, critics, y_one),
    "Where is each made point best moved, and how steep does each critic become?",
)

# %% tags=["nbval-check-output"]
print(f"exact W1: {exact.cost:.2f}")
print("gap of the scores / mean slope:", "; ".join(estimates))
steep = steep.mean(dim=1)
print(f"without penalty, slope after 150 steps above 50: {bool(steep[149] > 50)}")
claim("agree with the exact distance to 4 %", max(abs(r - 1) for r in ratios) < 0.04, n=3)
claim("its slope is still growing", bool(steep[-1] > 1.3 * steep[149]))
apart = exact.first[:, None] - exact.second
best = bool((apart <= torch.cdist(real.double(), made.double()).numpy() + 1e-9).all())
claim("no two of the best scores differ by more than their distance", best, n=150)
gap = exact.first.mean() - exact.second.mean()
claim("the difference of their means is the exact distance", abs(gap - exact.cost) < 1e-9)

# %% [markdown]
# *How far apart are the clouds?* Left: the pairs that `plane.wasserstein` found, one line for each. Middle: the critic with the penalty. Each contour line joins places of one score; the lines run across the way from orange to blue and lie evenly. Right: without the penalty the scores have no scale: read in the title how far apart its lines are.
#
# The shift by 3 to the right and by 3 up has the length $\sqrt{18} = 4.24$, so we knew what to expect. Divided by the mean slope, all three critics agree with the exact distance to 4 %. So a *negative* loss of a critic is no fault: it is minus a distance. For the critic without a penalty its slope is still growing after 300 steps, and its loss says nothing.
#
# The theorem holds to the last digit: no two of the best scores differ by more than their distance, and still the difference of their means is the exact distance.
#
# ## 4. Write it
#
# Now you build the game. Both players are the same small network, `plane.Player`: three layers, 64 units wide. It calls a function of yours to let the label in.

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · The label's way in
#
# **Goal.** Give the network the values and the label together: columns 0 and 1 are the values (noise for G, points for D), columns 2 and 3 the label. **Difficulty** 1 of 5, 5 min. Checked, gradients included.
#
# <details><summary>Hint 1: what shape?</summary>Each of the N rows has two numbers now and should have four.</details>
# <details><summary>Hint 2: which function?</summary>PyTorch can put tensors side by side. Which of the two dimensions must grow?</details>
# <details><summary>Hint 3: how can I test it?</summary>Try it with one point and its label, and read the four numbers. Then with two points: does each have its own label?</details>


# %% tags=["exercise", "nbval-check-output"]
def inject(values, y):
    """Values (N, 2) and labels (N, 2) in {0, 1} -> what enters the first layer, (N, 4)."""
    # solution
    return torch.cat([values, y], dim=1)
    # end


inject = check("00b-label", inject)

# %% [markdown] tags=["exercise"]
# ### Exercise A2 · The critic's step
#
# **Goal.** Write one step of D: compute $L_D$ of section 3, and let the optimiser take one step. Use `plane.penalty(D, x, fake, y, alpha)` and $\lambda_{gp} = 1$ (`plane.LAMBDA_GP`). Return the loss. **Difficulty** 3 of 5, 20 min. Checked: result 1 is the loss, result 2 the move of D's weights, result 3 what the step leaves in G's gradients.
#
# <details><summary>Hint 1: what comes first?</summary>D needs something to criticise: ask G for a point for each label. But this is D's step. Should anything flow back into G?</details>
# <details><summary>Hint 2: which label where?</summary>G and D must hear the same label for the same row. A good point in the wrong quarter is a bad point, and only a D that hears the label can know it.</details>
# <details><summary>Hint 3: the loss is right, but the move is wrong?</summary>PyTorch <em>adds</em> every new gradient to what a weight already holds. Gradients of G's last step may still be there.</details>


# %% tags=["exercise", "nbval-check-output"]
def critic_step(G, D, optimiser, x, y, z, alpha):
    """One step of D. x, y, z: points, their labels, noise, all (N, 2); alpha (N, 1) in [0, 1]."""
    # solution
    with torch.no_grad():
        fake = G(z, y)
    realism = D(fake, y).mean() - D(x, y).mean()
    loss = realism + plane.LAMBDA_GP * plane.penalty(D, x, fake, y, alpha)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()
    # end


critic_step = check("00b-critic", critic_step)

# %% [markdown] tags=["exercise"]
# ### Exercise A3 · A round of the game
#
# **Goal.** D takes a step for each batch in `batches`, with your `critic_step`. Then G takes one step, with new noise. Return G's loss. **Difficulty** 2 of 5, 15 min. Checked: result 1 is the loss, result 2 the move of G's weights, result 3 the move of D's.
#
# <details><summary>Hint 1: whose turn?</summary>The players take turns. Each answers what the other has become, not what it was.</details>
# <details><summary>Hint 2: what does G want?</summary>High scores, for the label that it was asked for. Optimisers go <em>down</em>.</details>
# <details><summary>Hint 3: may D learn from G's loss?</summary>The gradient has to pass through D to reach G, so it is left in D's weights too. Which optimiser may take a step now, and who clears the rest?</details>


# %% tags=["exercise", "nbval-check-output"]
def play(G, D, for_g, for_d, batches, z, y):
    """One round. for_g, for_d: optimisers; batches: a list of (x, y, z, alpha), one per step of D."""
    # solution
    for batch in batches:
        critic_step(G, D, for_d, *batch)
    loss = -D(G(z, y), y).mean()
    for_g.zero_grad()
    loss.backward()
    for_g.step()
    return loss.detach()
    # end


play = check("00b-round", play)

# %% [markdown]
# ### It runs
#
# Your three functions now train a conditional GAN while you watch. Grey: real points. Colours: G's points, by the label that was asked for. Arrows: D's slope at some of them, which is where G is sent next.

# %%
live = Live("Do the made points reach all twelve spots?")


def watched(game):
    live.update(figures.film(game, x_real))


games = {seed: plane.train(play, inject, seed=seed, rounds=iterations, watch=watched)}

# %% [markdown]
# *Who moves?* Both. G starts as one small blob, in which all labels lie together. First D finds the direction of each quarter, and the colours part. Then, inside each quarter, D finds the three spots, and G splits its cloud. The arrows turn all the time, because D has to answer each move of G. At the end the arrows of one colour point in many directions: there is no common way left to go.
#
# Slide through the whole film. Optional: this cell needs a running kernel.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import GameFilm

GameFilm(games[seed], x_real)

# %% [markdown]
# One run may be luck, so we play with two more seeds and count. A generator gets 1200 labels. How many of its points lie in the right quarter? How many of the 12 spots does it reach, with at least a quarter of their fair share? And how far are its points from real ones, by the exact $W_1$ on 200 of them?


# %%
def judged(game, told=True):
    """(G's points, labels asked for, share in the right quarter, spots reached, W1)."""
    draws = stream(seed, "judge")
    y = plane.labels(1200, draws)
    with torch.no_grad():
        x = game.G(torch.randn(1200, 2, generator=draws), y)
    distance = plane.wasserstein(plane.points(y[:200], draws), x[:200]).cost
    return x, y, plane.label_share(x, y), plane.spots_reached(x, y), distance


for s in seeds[1:]:
    games[s] = plane.train(play, inject, seed=s, rounds=iterations)
healthy = [judged(game) for game in games.values()]

# %% tags=["nbval-check-output"]
print("spots of 12:", [spots for *_, spots, _ in healthy])
claim("at least 99% of the points", all(share >= 0.99 for _, _, share, _, _ in healthy), n=3)
claim("at least 9 of the 12 spots", all(spots >= 9 for *_, spots, _ in healthy), n=3)
claim("below half a unit", all(distance < 0.5 for *_, distance in healthy), n=3)
print(f"right quarter: {min(share for _, _, share, _, _ in healthy):.0%}, limit 99%")

# %% [markdown]
# For each of the three seeds at least 99% of the points lie in the right quarter, and at least 9 of the 12 spots are reached. The distance $W_1$ is below half a unit; the clusters are 3 units apart.
#
# ## 5. Three ways to fail
#
# We change one thing at a time. We leave out the penalty. We leave out the condition: both players get zeros for the label. And we add *momentum*. The optimiser Adam can add a share β₁ of its earlier direction to each step. In section 4 that share was 0. PyTorch's default is `0.9`; many GANs take `0.5`, and so do we now. (The first game is stopped after 600 rounds, the second after 400; by then they have shown their fault.)


# %%
def careless(*arguments):
    """A critic's step without the penalty."""
    return plane.critic_step(*arguments, weight=0)


def unpenalised(*arguments):
    return plane.play(*arguments, critic_step=careless)


def unconditional(values, y):
    return torch.cat([values, torch.zeros_like(y)], dim=1)


def broken(play=plane.play, inject=plane.inject, momentum=0.0, rounds=iterations):
    """The same game with one thing changed, with all three seeds."""
    options = {"rounds": rounds, "momentum": momentum}
    return [plane.train(play, inject, seed=s, **options) for s in seeds]


failures = {
    "no penalty": broken(play=unpenalised, rounds=600),
    "no condition": broken(inject=unconditional, rounds=400),
    "momentum 0.5": broken(momentum=0.5),
}

# %%
results = {name: [judged(game) for game in games_of] for name, games_of in failures.items()}
panels = {
    f"{name}\n{found[0][2]:.0%} right quarter, {found[0][3]} of 12 spots": found[0][:2]
    for name, found in {"healthy": healthy, **results}.items()
}
show(figures.outcomes(panels, x_real), "What does each game lose that the healthy one has?")

# %% tags=["nbval-check-output"]
shares = [share for _, _, share, _, _ in results["no condition"]]
spots = {name: [found[3] for found in results[name]] for name in results}
steepness = []
for game, (x, y, *_) in zip(failures["no penalty"], results["no penalty"], strict=True):
    steepness.append(plane.slopes(game.D, x, y).norm(dim=1).mean().item())
claim("About a quarter of the points", all(0.15 < share < 0.35 for share in shares), n=3)
fewer = max(spots["momentum 0.5"]) < min(spots_of for *_, spots_of, _ in healthy)
claim("It reaches fewer spots than the healthy game", fewer, n=3)
claim("The slope of D is above 2", min(steepness) > 2, n=3)

# %% [markdown]
# *What does each failure look like?*
#
# - **No condition.** The points lie near real ones or between them, but they do not follow the label: each colour is everywhere. About a quarter of the points lie in the right quarter, which is chance.
# - **Momentum.** Here you see **<dfn>mode collapse</dfn>**: G makes few different things. It reaches fewer spots than the healthy game, for each of the three seeds. Why? D looks at where G's points are *now*. When G's whole cloud sits on one spot, D lowers that spot's score, and G jumps to the next one. With momentum it jumps too far, and the chase goes on.
# - **No penalty.** The colours are in their quarters, so the picture looks like a game that needs more time, and that is the danger. The slope of D is above 2 for each seed, so its loss is no distance any more. In the plane G survives this, because Adam divides each gradient by its usual size.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Does G need a better critic?
#
# **Goal.** Algorithm 1 of the paper lets D take N = 5 steps for each step of G. Predict: with the *same number of D's steps*, 600, is $W_1$ at the end smaller with N = 1 (600 rounds) or with N = 5 (120 rounds)? Then write the experiment: a function that trains with `plane.train(..., critic_steps=n, rounds=...)` for each of `seeds`, and returns the three distances of `judged`. Explain the outcome in three lines. **Difficulty** 3 of 5, 15 min. Open: compare with the [solutions](solutions/00b_conditional_gans.ipynb).
#
# <details><summary>Hint 1: what must be equal?</summary>If you give both the same number of rounds, the second has done five times the work. Decide what you hold fixed, and say it.</details>
# <details><summary>Hint 2: when is it a difference?</summary>Compare the worst seed of one side with the best of the other. If they overlap, three seeds cannot tell.</details>
# <details><summary>Hint 3: what could explain it?</summary>What does each step of G cost, and how wrong is a critic that is one step old?</details>


# %% tags=["exercise"]
def experiment(n):
    """W1 at the end for each seed, with n steps of D in each round and 600 of them in all."""
    # solution
    distances = []
    for s in (0, 1, 2):
        game = plane.train(seed=s, critic_steps=n, rounds=600 // n)
        draws = stream(0, "judge")
        y = plane.labels(200, draws)
        with torch.no_grad():
            x = game.G(torch.randn(200, 2, generator=draws), y)
        distances.append(round(plane.wasserstein(plane.points(y, draws), x).cost, 2))
    return distances
    # end


measured = {n: experiment(n) for n in (1, 5)}
print("not attempted" if TODO in measured.values() else measured)

# %% [markdown] tags=["solution"]
# **Answer.** In our run the two sides overlap: two seeds with N = 1 end closer to the real points than any with N = 5, and one ends further away. So three seeds cannot tell which is better. What they do tell: with N = 5 G has taken 120 steps instead of 600 and comes about as close, so each of its steps was worth more, because a better critic guided it; and the outcome depends less on the seed. Had we held the *rounds* fixed, N = 5 would have done five times the work, and its gain would have been no surprise. A fair comparison says what it holds fixed.

# %% tags=["solution"]
overlap = max(measured[1]) > min(measured[5]) and max(measured[5]) > min(measured[1])
print("the seeds overlap:", overlap)

# %% [markdown]
# ## 6. Editing without pairs
#
# An editor does not start from noise. It gets a point $x$ and a *difference* of labels, $y^{diff} = y^{trg} - y^{src}$: +1 adds a label, −1 removes it, 0 leaves it. If we had pairs "before, after", we could simply compare with the after. For faces such pairs do not exist, because nobody was photographed twice, once with a beard and once without, and otherwise the same. So $D$ has to be the teacher again. It asks: does $G(x, y^{diff})$ look like a real point of the *target* label $y^{src} + y^{diff}$?
#
# But any point of the target cluster satisfies $D$. Nothing says that it should be the *same* spot, "the same person". Something must hold the identity, and two ways are known:
#
# $$L_{rec} = E\lVert G(x, 0) - x\rVert_1 \qquad\qquad L_{cyc} = E\lVert G(G(x, y^{diff}), -y^{diff}) - x\rVert_1$$
#
# The first says: if I ask for no change, change nothing. The second says: if I ask you to undo your edit, come back. We train all three editors, with three seeds each.


# %%
def realism(G, D, x, y, y_diff):
    return -D(G(x, y_diff), y + y_diff).mean()


def cycle(G, D, x, y, y_diff):
    back = G(G(x, y_diff), -y_diff)
    return realism(G, D, x, y, y_diff) + (back - x).abs().mean()


teachers = {"nobody": realism, "zero": plane.edit_loss, "cycle": cycle}
trained = {
    name: [plane.train_editor(loss, seed=s) for s in seeds] for name, loss in teachers.items()
}
editors = {name: [G for G, _ in found] for name, found in trained.items()}

# %%
draws = stream(seed, "edits to judge")
y_src = plane.labels(1000, draws)
x = plane.points(y_src, draws)
y_diff = (1 - 2 * y_src) * torch.tensor([1.0, 0.0])  # reverse "right", keep "up"
spot, _ = plane.nearest_spot(x, y_src)


def scores(G):
    """Label reached (share), same spot (share), and the mean distance from the true edit."""
    with torch.no_grad():
        edited = G(x, y_diff)
    same = (plane.nearest_spot(edited, y_src + y_diff)[0] == spot).float().mean().item()
    error = (edited - plane.true_edit(x, y_diff)).norm(dim=1).mean().item()
    return plane.label_share(edited, y_src + y_diff), same, error


measured_edits = {name: [scores(G) for G in found] for name, found in editors.items()}
begin = torch.nonzero((y_src == 0).all(dim=1))[:60, 0]  # 60 points of one cluster
shown = {}
for name, found in editors.items():
    with torch.no_grad():
        moved = found[0](x[begin], y_diff[begin])
    same = measured_edits[name][0][1]
    shown[f"identity held by: {name}\nsame spot: {same:.0%}"] = (x[begin], moved, spot[begin])
show(figures.edits(shown, x_real), "Does an edited point stay at its own spot of the new cluster?")

# %% tags=["nbval-check-output"]
errors = {}
for name, found in measured_edits.items():
    label, same, error = ([row[k] for row in found] for k in range(3))
    errors[name] = sum(error) / len(error)
    print(f"{name:>7}: error {errors[name]:.2f}, of each seed", [f"{e:.2f}" for e in error])
nearest = min(errors, key=errors.get)
verdict = "no guess" if not guess else "right" if guess == nearest else "not this time"
print(f"predicted: {guess or '-'}, measured: {nearest}. Verdict: {verdict}.")
reached = [row[0] for found in measured_edits.values() for row in found]
claim("All editors reach the right cluster", min(reached) > 0.95, n=9)
claim("With the cycle the edits come closest to the true ones", nearest == "cycle", n=3)
zero, cycle = ([row[2] for row in measured_edits[name]] for name in ("zero", "cycle"))
claim("overlap, so three seeds cannot rank", min(zero) <= max(cycle), n=3)
stays = {name: [(G(x, 0 * y_diff) - x).norm(dim=1).mean().item() for G in editors[name]]
         for name in editors}  # fmt: skip
claim("changes less when no change is asked", max(stays["zero"]) < min(stays["nobody"]), n=3)

# %% [markdown]
# *Does a point keep its spot?* Each line leads from a point, down on the left, to its edit, down on the right. Colour and mark tell the spot where it *began*. A good editor draws three parallel bundles that do not cross. All editors reach the right cluster. With nobody to hold the identity, bundles cross or merge. With the cycle the edits come closest to the true ones, on average over the three seeds. But the ranges of *zero* and *cycle* overlap, so three seeds cannot rank these two. And neither can tell the editor *which* spot is the right one: a cycle is also content with an edit that exchanges two spots, if the way back exchanges them again.
#
# The editor with $L_{rec}$ keeps its promise: for each seed it changes less when no change is asked. But that promise is about $y^{diff} = 0$ only. It reaches the other edits just because one network makes them all. The cycle binds every edit by itself.
#
# *Why then do STGAN and SeCGAN take $L_{rec}$?* First, the cycle runs G on its own output, so that the gradient has to pass through G twice. Second, a cycle has a way to cheat: an editor may hide the original in invisible traces of the edit, and so come back without having kept anything visible (Chu et al., 2017). Third, a network of convolutions that can copy a picture tends to copy it in every edit too, so that the shared weights hold the identity; our three layers have no such habit. The lesson to take along: *ask what a loss binds, and measure the rest*.

# %% [markdown] tags=["exercise"]
# ### Exercise C · The editor that stays at home
#
# **Goal.** A colleague's editor trains without any error message. Below are its symptoms; its code comes after them. Find the cause *from the symptoms first*, write it down in one sentence, then repair the function. **Difficulty** 3 of 5, 15 min. Checked, gradients included.
#
# <details><summary>Hint 1: what can be excluded?</summary>Its loss gives no alarm and its points look real. So D works, and G obeys D. What does D ask for?</details>
# <details><summary>Hint 2: what would make staying right?</summary>Take one point and one wish, and compute by hand which label each part of the loss speaks of.</details>
# <details><summary>Hint 3: how can I test my suspicion?</summary>Train with a y_diff of zeros only: healthy and broken loss would then be equal. So the fault touches only what depends on y_diff.</details>

# %%
from secgan_lite.course.checks.plane import colleague

patient, patient_losses = plane.train_editor(colleague, seed=seed)
losses = {"healthy editor": trained["zero"][0][1], "colleague's editor": patient_losses}
show(figures.symptoms(losses), "Does the loss of the colleague's editor give an alarm?")

# %%
with torch.no_grad():
    stayed = patient(x[begin], y_diff[begin])
held = {"colleague's editor": (x[begin], stayed, spot[begin])}
show(figures.edits(held, x_real), "Where does the colleague's editor move its points?")

# %% tags=["nbval-check-output"]
label, same, error = scores(patient)
print(f"right cluster: {label:.0%}, should be 100%")
claim("none of its edits reaches the target", label < 0.05, n=1000)

# %% [markdown]
# *Symptoms.* The loss swings at first and ends not far from the healthy one, and a loss alone does not say which swing is an alarm. The picture says more: none of its edits reaches the target, whatever is asked.


# %% tags=["exercise", "nbval-check-output"]
def edit_loss(G, D, x, y, y_diff):
    """What G descends: realism of the edit, and G(x, 0) = x. All inputs (N, 2)."""
    edited = G(x, y_diff)
    unchanged = G(x, torch.zeros_like(y_diff))
    # solution
    score = D(edited, y + y_diff)
    # lesson
    # score = D(edited, y)
    # end
    return -score.mean() + plane.LAMBDA_REC * (unchanged - x).abs().mean()


edit_loss = check("00b-edit", edit_loss)

# %% [markdown]
# ## 7. From the plane to SeCGAN
#
# Every step from here to SeCGAN changes what enters the generator, or who teaches it. Read the picture from top to bottom; the dashed arrow is teaching.

# %%
show(figures.family(), "What did each of these papers change?")

# %% [markdown]
# *What did each of them add?*
#
# | method | new idea | read | minutes |
# |---|---|---|---|
# | [Conditional GAN](https://arxiv.org/abs/1411.1784) (Mirza, Osindero) | both players hear the label: sections 1 to 4 of this lesson | §3.2 | 10 |
# | [pix2pix](https://arxiv.org/abs/1611.07004) (Isola et al.) | the condition is a whole image; needs pairs; D judges patches (PatchGAN) | §3.1, §3.2 | 20 |
# | [CycleGAN](https://arxiv.org/abs/1703.10593) (Zhu et al.) | no pairs: two generators, there and back | §3 | 15 |
# | [StarGAN](https://arxiv.org/abs/1711.09020) (Choi et al.) | one generator for all labels: the target label enters as planes; D gets a second head that tells the label | §3.1 | 15 |
# | [AttGAN](https://arxiv.org/abs/1711.10678) (He et al.) | no cycle: with the source label the image must come back unchanged | §3 | 20 |
# | [STGAN](https://arxiv.org/abs/1904.09709) (Liu et al.) | the *difference* of labels enters; asked for 0, nothing may change | §3 | 20 |
# | [SeCGAN](https://arxiv.org/abs/2111.09298) (Sun et al.) | a second GAN edits the mask beside the image, and both must agree | §3 | 30 |
#
# Our critic hears the label, as Mirza's does. From StarGAN on, $D$ has two heads in its place: one says how real, the other says which labels. The second head is trained as a classifier of real images and then teaches G. Lesson [02 · Losses](02_losses.ipynb) writes both down. And where our label joins two numbers, theirs joins an image, as constant planes beside the colours; lesson [03 · Parallel branches](03_parallel_branches.ipynb) shows what becomes of them.
#
# ## What goes wrong, and limits
#
# **The plane is kind.** Two numbers need no convolutions, labels split the plane by straight lines, and true edits are shifts. What fails here will hardly work for faces; what works here need not.
#
# **Three seeds are few.** They show that a result is not the luck of one start. They do not give a probability. Where this lesson says "for each seed" it means three out of three.
#
# **Momentum is not always bad.** The collapse in section 5 belongs to this game, this learning rate and these small networks. StarGAN and SeCGAN train with β₁ = `0.5`.
#
# **Convergence is not promised.** No theorem says that this game ends. If you train longer the points go on moving; only their distance from the data stays small. So judge a generator by a measure that takes no part in the game.
#
# **Unpaired does not mean unbiased.** An editor learns what differs between two sets of examples, *all* of it. If most points that are *up* were also *right*, it would move a point to the right when you ask for up. With faces such habits of a data set turn into claims about people.
#
# ## Summary
#
# 1. The original GAN loss measures overlap. Without overlap it is constant, and a good D stops teaching. The Wasserstein distance has a slope everywhere; by duality a critic of slope 1 measures it.
# 2. A conditional GAN is a label that enters both players, a step of D without G, and a step of G through D.
# 3. Failures have faces: colours mixed (no condition), few spots (mode collapse), scores without scale (no penalty).
# 4. Without pairs, D says where an edit must arrive, and a reconstruction says what must stay. Each binds only what it speaks of.
#
# ## Quiz
#
# 1. D tells real from made without a single error. Good news for G? <details><summary>Answer</summary>With the original loss, no: the gradient is then nearly 0. With a critic it is: the better the critic, the better the direction.</details>
# 2. Why does D need the label? <details><summary>Answer</summary>A D without it sees only whether a point is real. G could then make real-looking points for any label, as in "no condition".</details>
# 3. A critic scores real points 4 higher than made ones, in the mean, and its mean slope is 2. How far apart are the clouds, about? <details><summary>Answer</summary>2: the gap of the scores, divided by the slope.</details>
#
# ## References
#
# - Goodfellow et al., [Generative Adversarial Networks](https://arxiv.org/abs/1406.2661), 2014: §4 has the two derivations of section 2 (15 min).
# - Arjovsky et al., [Wasserstein GAN](https://arxiv.org/abs/1701.07875), 2017: §2, four distances compared on one example, and §3 (25 min).
# - Gulrajani et al., [Improved Training of Wasserstein GANs](https://arxiv.org/abs/1704.00028), 2017: §4, the penalty (15 min).
# - Chu et al., [CycleGAN, a Master of Steganography](https://arxiv.org/abs/1712.02950), 2017: §3 shows the hidden traces (10 min).
#
# Next: [01 · Parsing](01_parsing.ipynb). The same lesson with another seed and a longer game:
#
# ```
# papermill notebooks/00b_conditional_gans.ipynb out.ipynb -p seed 7 -p iterations 3000
# ```

# %% tags=["nbval-ignore-output"]
footer()
