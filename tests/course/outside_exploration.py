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
        "from one half on": (marks(least=0.5), "small ones in"),
        "from 0.4 on": (marks(least=0.4), "small ones in"),
        "from 0.1 on": (marks(least=0.1), "small ones in"),
        "above one half": (marks(least=0.51), "halves in"),
        "whole ones": (marks(least=1.0), "whole ones alone"),
        "exactly one": (
            lambda d, p: (d.abs() > 1) | (d == 1) & p | (d == -1) & ~p,
            "whole ones alone",
        ),
        "beyond 1.2": (marks(beyond=1.2), "far ones alone"),
        "beyond 1.1, from 0.1 on": (marks(1.1, 0.1), "far ones and no small ones"),
        "beyond 1.1, from 0.4 on": (marks(1.1, 0.4), "far ones and no small ones"),
        "whole faces": (lambda d, p: right(d, p).any(1, keepdim=True).expand_as(d), "whole faces"),
        "whole attributes": (
            lambda d, p: right(d, p).any(0, keepdim=True).expand_as(d),
            "whole attributes",
        ),
        "0 included": (lambda d, p: (d.abs() > 1) | (d >= 0) & p | (d <= 0) & ~p, "zero included"),
        "beyond and wrong": (
            lambda d, p: (d.abs() > 1) & ((d > 0) & p | (d < 0) & ~p),
            "both at once",
        ),
        "size of the target": (lambda d, p: (p + d).abs() > 1, "size of the target"),
        "cut": (lambda d, p: right(d.int(), p), "whole numbers"),
        "xor": (lambda d, p: rules(d, p)[0] ^ (rules(d, p)[1] | rules(d, p)[2]), "one rule of two"),
        "upper end": (lambda d, p: d > 1 - p.int(), "upper end alone"),
        "lower end": (lambda d, p: d + p.int() < 0, "lower end alone"),
        "minus the label": (lambda d, p: (d < -p) | (d > 1), "minus a boolean"),
        "every face wholly or not": (
            lambda d, p: right(d, p).all(1, keepdim=True).expand_as(d),
            "entries + size",
        ),
        "all, if one is beyond": (
            lambda d, p: torch.ones_like(p) if d.abs().max() > 1 else right(d, p),
            "entries + size",
        ),
        "one for each face": (lambda d, p: right(d, p).any(1), "shape"),
        "or of tensors": (lambda d, p: (d.abs() > 1) or ((d > 0) & p), "one truth value"),
        "one minus the label": (lambda d, p: (d > 1 - p) | (d < -1), "one minus a boolean"),
    },
    "06-surplus": {
        "smaller of each face": (smaller_along(1, 2, 3), "smaller of each face"),
        "smaller of each channel": (smaller_along(0, 2, 3), "smaller of each channel"),
        "smaller of each face and channel": (
            smaller_along(2, 3),
            "smaller of each face and channel",
        ),
        "smaller by median": (chosen(lambda t: t.abs().median()), "wrong + size"),
        "smaller by length": (chosen(torch.norm), "wrong + size"),
        "smaller by signed sum": (chosen(torch.sum), "smaller by signed mean"),
        "signed below": (surplus(below=lambda a, b: min(a.mean(), b.mean())), "signed below"),
        "signed above": (surplus(above=lambda a, b, ab: (ab - a - b).mean()), "signed above"),
        "signed": (
            surplus(lambda a, b, ab: (ab - a - b).mean(), lambda a, b: min(a.mean(), b.mean())),
            "signed",
        ),
        "outputs below": (
            lambda i, a, b, ab: size(ab - a - b + i) / min(size(a), size(b)),
            "outputs below",
        ),
        "joint output": (
            of_outputs(lambda i, a, b, ab: size(ab - (a - i) - (b - i))),
            "joint output",
        ),
        "idle once more": (
            of_outputs(lambda i, a, b, ab: size(ab - a - b - i)),
            "idle subtracted at the end",
        ),
        "second added": (surplus(above=lambda a, b, ab: size(ab - a + b)), "second change added"),
        "second alone": (surplus(above=lambda a, b, ab: size(ab - b)), "the other change alone"),
        "absolute values subtracted": (
            surplus(above=lambda a, b, ab: size(ab.abs() - a.abs() - b.abs())),
            "absolute values first",
        ),
        "absolute after the smaller mean": (
            surplus(below=lambda a, b: min(a.mean(), b.mean()).abs()),
            "absolute after the mean, below",
        ),
        "mean of both": (
            surplus(below=lambda a, b: (size(a) + size(b)) / 2),
            "over the mean of both",
        ),
        "sizes, signed": (
            surplus(above=lambda a, b, ab: size(ab) - size(a) - size(b)),
            "sizes compared, signed",
        ),
        "not divided": (surplus(below=lambda a, b: 1), "not divided"),
        "over both added": (surplus(below=lambda a, b: size(a + b)), "over the sum of the changes"),
        "largest": (
            surplus(
                lambda a, b, ab: (ab - a - b).abs().max(),
                lambda a, b: min(a.abs().max(), b.abs().max()),
            ),
            "largest numbers",
        ),
    },
    "06-wish": {
        "strongest of all": (
            in_place_of(lambda c, p, r: (pushes(c, r) > 0) * c.max()),
            "the largest of all",
        ),
        "subtracted": (lambda c, p, r: c - pushes(c, r) * p, "subtracted from wishes"),
        "pusher must be there": (
            in_place_of(lambda c, p, r: pushes(c * p, r)),
            "present adders alone",
        ),
        "upper triangle": (in_place_of(lambda c, p, r: pushes(c, r.triu())), "later rivals alone"),
        "branches exchanged": (
            lambda c, p, r: torch.where((c == 0) & p, c, -pushes(c, r)),
            "branches exchanged",
        ),
        "or": (lambda c, p, r: torch.where((c == 0) | p, -pushes(c, r), c), "one condition of two"),
        "wrong axis": (
            in_place_of(lambda c, p, r: (r * c.clamp(min=0)[:, None]).amax(1)),
            "not resolved",
        ),
        "largest of negatives": (largest_of_negatives, "maximum of negatives"),
        "weak wish overruled": (
            lambda c, p, r: torch.where((c.abs() < 0.02) & p, -pushes(c, r), c),
            "entries + size",
        ),
        "rows of what is added": (
            in_place_of(lambda c, p, r: (r[c > 0] * c[c > 0][:, None]).amax(0)),
            "no addition",
        ),
        "rows of what is added, by max": (
            in_place_of(lambda c, p, r: (r[c > 0] * c[c > 0][:, None]).max(0).values),
            "no addition, by max",
        ),
        "one alone takes nothing": (
            lambda c, p, r: torch.where((c == 0) & p & ((c > 0).sum() > 1), 0 - pushes(c, r), c),
            "entries + example",
        ),
        "and of tensors": (
            lambda c, p, r: -pushes(c, r) if c == 0 and p else c,
            "one truth value",
        ),
        "values and places": (
            in_place_of(lambda c, p, r: (r * c.clamp(min=0)[:, None]).max(dim=0)),
            "maximum with its places, from 0",
        ),
        "minus values and places": (
            lambda c, p, r: torch.where(p, -(r * c.clamp(min=0)[:, None]).max(dim=0), c),
            "maximum with its places",
        ),
    },
}
