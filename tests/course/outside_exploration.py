"""Wrong answers to lesson 06 of a later reader: each had passed, was misled or got no cause."""

import torch


def size(change, over=(0, 1, 2, 3)):
    return change.abs().mean(over)


def surplus(above=lambda a, b, ab: size(ab - a - b), below=lambda a, b: min(size(a), size(b))):
    """Some part of a surplus replaced, of changes."""
    return lambda i, one, other, both: (
        above(one - i, other - i, both - i) / below(one - i, other - i)
    )


def chosen(key):
    return surplus(below=lambda a, b: size(a if key(a) < key(b) else b))


def of_outputs(above):
    """Another number above the line, of outputs."""
    return lambda i, a, b, ab: above(i, a, b, ab) / min(size(a - i), size(b - i))


def smaller_along(*axes):
    return surplus(below=lambda a, b: torch.minimum(size(a, axes), size(b, axes)).mean())


def marks(beyond=1.0, least=0.0):
    """Thresholds: beyond a size, and from a size on where the sign is wrong."""
    return lambda d, p: (
        (d.abs() > beyond) | ((d >= least) & (d > 0) & p | (d <= -least) & (d < 0) & ~p)
    )


def rules(d, p):
    return d.abs() > 1, (d > 0) & p, (d < 0) & ~p


def right(d, p):
    return (d > 1 - p.float()) | (d < -p.float())


def pushes(c, r):
    return (r * c.clamp(min=0)[:, None]).amax(0)


def in_place_of(push):
    return lambda c, p, r: torch.where((c == 0) & p, 0 - push(c, p, r), c)


def largest_of_negatives(c, p, r):
    out = c.clone()
    for i, j in r.nonzero().tolist():
        if c[j] == 0 and p[j]:
            out[j] = max(out[j], -c[i])
    return out


WRONG = {
    "06-unseen": {
        "from one half on": (marks(least=0.5), ""),
        "from 0.4 on": (marks(least=0.4), ""),
        "from 0.1 on": (marks(least=0.1), ""),
        "above one half": (marks(least=0.51), ""),
        "whole ones": (marks(least=1.0), ""),
        "exactly one": (lambda d, p: (d.abs() > 1) | (d == 1) & p | (d == -1) & ~p, ""),
        "beyond 1.2": (marks(beyond=1.2), ""),
        "beyond 1.1, from 0.1 on": (marks(1.1, 0.1), ""),
        "beyond 1.1, from 0.4 on": (marks(1.1, 0.4), ""),
        "whole faces": (lambda d, p: right(d, p).any(1, keepdim=True).expand_as(d), ""),
        "whole attributes": (lambda d, p: right(d, p).any(0, keepdim=True).expand_as(d), ""),
        "0 included": (lambda d, p: (d.abs() > 1) | (d >= 0) & p | (d <= 0) & ~p, ""),
        "beyond and wrong": (lambda d, p: (d.abs() > 1) & ((d > 0) & p | (d < 0) & ~p), ""),
        "size of the target": (lambda d, p: (p + d).abs() > 1, ""),
        "cut": (lambda d, p: right(d.int(), p), ""),
        "xor": (lambda d, p: rules(d, p)[0] ^ (rules(d, p)[1] | rules(d, p)[2]), ""),
        "upper end": (lambda d, p: d > 1 - p.int(), ""),
        "lower end": (lambda d, p: d + p.int() < 0, ""),
        "minus the label": (lambda d, p: (d < -p) | (d > 1), ""),
        "one minus the label": (lambda d, p: (d > 1 - p) | (d < -1), ""),
    },
    "06-surplus": {
        "smaller of each face": (smaller_along(1, 2, 3), ""),
        "smaller of each channel": (smaller_along(0, 2, 3), ""),
        "smaller of each face and channel": (smaller_along(2, 3), ""),
        "smaller by median": (chosen(lambda t: t.abs().median()), ""),
        "smaller by length": (chosen(torch.norm), ""),
        "smaller by signed sum": (chosen(torch.sum), ""),
        "signed below": (surplus(below=lambda a, b: min(a.mean(), b.mean())), ""),
        "signed above": (surplus(above=lambda a, b, ab: (ab - a - b).mean()), ""),
        "signed": (
            surplus(lambda a, b, ab: (ab - a - b).mean(), lambda a, b: min(a.mean(), b.mean())),
            "",
        ),
        "outputs below": (lambda i, a, b, ab: size(ab - a - b + i) / min(size(a), size(b)), ""),
        "joint output": (of_outputs(lambda i, a, b, ab: size(ab - (a - i) - (b - i))), ""),
        "idle once more": (of_outputs(lambda i, a, b, ab: size(ab - a - b - i)), ""),
        "second added": (surplus(above=lambda a, b, ab: size(ab - a + b)), ""),
        "second alone": (surplus(above=lambda a, b, ab: size(ab - b)), ""),
        "absolute values subtracted": (
            surplus(above=lambda a, b, ab: size(ab.abs() - a.abs() - b.abs())),
            "",
        ),
        "not divided": (surplus(below=lambda a, b: 1), ""),
        "over both added": (surplus(below=lambda a, b: size(a + b)), ""),
        "largest": (
            surplus(
                lambda a, b, ab: (ab - a - b).abs().max(),
                lambda a, b: min(a.abs().max(), b.abs().max()),
            ),
            "",
        ),
    },
    "06-wish": {
        "strongest of all": (
            in_place_of(lambda c, p, r: (pushes(c, r) > 0) * c.max()),
            "",
        ),
        "subtracted": (lambda c, p, r: c - pushes(c, r) * p, ""),
        "pusher must be there": (in_place_of(lambda c, p, r: pushes(c * p, r)), ""),
        "upper triangle": (in_place_of(lambda c, p, r: pushes(c, r.triu())), ""),
        "branches exchanged": (
            lambda c, p, r: torch.where((c == 0) & p, c, -pushes(c, r)),
            "",
        ),
        "or": (lambda c, p, r: torch.where((c == 0) | p, -pushes(c, r), c), ""),
        "wrong axis": (
            in_place_of(lambda c, p, r: (r * c.clamp(min=0)[:, None]).amax(1)),
            "",
        ),
        "largest of negatives": (largest_of_negatives, ""),
        "weak wish overruled": (
            lambda c, p, r: torch.where((c.abs() < 0.02) & p, -pushes(c, r), c),
            "",
        ),
        "values and places": (
            in_place_of(lambda c, p, r: (r * c.clamp(min=0)[:, None]).max(dim=0)),
            "",
        ),
        "minus values and places": (
            lambda c, p, r: torch.where(p, -(r * c.clamp(min=0)[:, None]).max(dim=0), c),
            "",
        ),
    },
}
