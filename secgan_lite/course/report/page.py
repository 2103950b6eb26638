"""The report of a run as HTML: its verdict, flips, scores, curves, and how to go on."""

import json
import platform
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch

from secgan_lite.attributes import single_flips
from secgan_lite.course import figures
from secgan_lite.course.figures import flip_name
from secgan_lite.course.report.parts import Score, drawing, score_row, tile
from secgan_lite.course.report.verdict import Verdict
from secgan_lite.datasets import FaceData
from secgan_lite.editing import Trained, load_generator
from secgan_lite.evaluation import Judges, Truth, evaluate, load_judge
from secgan_lite.evaluation.curves import means_of
from secgan_lite.judges import AttributeClassifier
from secgan_lite.parsing import Parser
from secgan_lite.support.devices import pick_device
from secgan_lite.support.files import REPOSITORY, versions, write_bytes
from secgan_lite.training import RunFolder, TrainConfig, tell
from secgan_lite.training.progress import duration
from secgan_lite.training.runs import writing

_STYLE = files("secgan_lite.course.report").joinpath("report.css").read_text(encoding="utf-8")
_MARKS = {"good": "✓", "doubtful": "?", "bad": "✗"}


def write_report(run: RunFolder, faces: FaceData, parser: Parser | None = None) -> "RunReport":
    """Score a finished run if it has no scores yet, and write ``report.html`` into its folder.

    Args:
        faces: test faces.
        parser: P for them, if there is one.

    Raises:
        RunFolderError: the folder can't be written.
    """
    judge = load_judge(run.config)
    if judge and not (run.path / "results.json").is_file():
        tell(f"Scoring the flips of {len(faces)} test faces ...")
        judges = Judges(judge, parser=parser)
        device = pick_device(run.config.device)
        run.save_results(evaluate(Trained.of(run.path).edit, faces, judges, device=device))
    report = RunReport(run, faces, judge)
    file = run.path / "report.html"
    with writing(run.path):
        write_bytes(file, report.page().encode())
    tell(f"{report.verdict.title} Report: {file}")
    return report


@dataclass(frozen=True)
class RunReport:
    """The report of one finished run; the last value of a cell shows it on the page.

    Attributes:
        run: its folder, scored if there is a judge.
        faces: test faces, of which the first ones are shown.
        judge: for what copying the input would reach; None without scores.
    """

    run: RunFolder
    faces: FaceData
    judge: AttributeClassifier | None = None

    @property
    def config(self) -> TrainConfig:
        return self.run.config

    @cached_property
    def scores(self) -> dict:
        """What ``evaluate`` said, or nothing."""
        file = self.run.path / "results.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    @cached_property
    def verdict(self) -> Verdict:
        """What the rules say of the run."""
        share = np.mean(self.faces.labels > 0, axis=0)
        constant = float(np.maximum(share, 1 - share).mean())
        means = means_of(self.scores) if self.scores else None
        return Verdict.of(self.config, self.run.log, constant, means)

    def __repr__(self) -> str:
        signs = (f"  {s.state:8} {s.question} {s.found}" for s in self.verdict.signs)
        return "\n".join((self.verdict.title, *signs, f"report.html is in {self.place}"))

    def _repr_html_(self) -> str:
        return f"<style>{_STYLE}</style>{self.body(shown=1)}"  # notebooks stay small

    def page(self) -> str:
        """A whole page that needs no other file."""
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(self.run.path.name)}</title><style>{_STYLE}</style></head>"
            f'<body class="run-report-page">{self.body()}</body></html>'
        )

    def body(self, shown: int = 2) -> str:
        """All sections, one below the other; the flips are those of ``shown`` faces."""
        parts = (self._head(), self._verdict(), self._flips(shown), self._scores())
        parts += (self._curves(), self._go_on(), self._facts())
        return f'<article class="run-report">{"".join(parts)}</article>'

    @cached_property
    def place(self) -> str:
        """The run's folder as a path that the commands understand."""
        for base in (Path.cwd(), REPOSITORY):
            if self.run.path.is_relative_to(base):
                return self.run.path.relative_to(base).as_posix()
        return str(self.run.path)

    @cached_property
    def _done(self) -> dict:
        return self.run.log[-1]

    def _head(self) -> str:
        config, drawn = self.config, self.config.dataset == "synthetic"
        faces = "drawn faces" if drawn else f"faces of {config.dataset}"
        return (
            f"<header><p class='kicker'>Run report</p><h2>{escape(self.run.path.name)}</h2>"
            f"<p>{config.method} with {config.backbone}, {faces} of {config.image_size} px, "
            f"{self._done['iteration']:,} iterations of {config.batch_size}, seed {config.seed}; "
            f"{duration(self._done['seconds'])}</p></header>"
        )

    def _verdict(self) -> str:
        rows = []
        for sign in self.verdict.signs:
            advice = f"<p class='advice'>{escape(sign.advice)}</p>" if sign.state != "good" else ""
            rows.append(
                f"<li class='{sign.state}'><span class='mark'>{_MARKS[sign.state]} "
                f"<span class='word'>{sign.state}</span></span><div><strong>"
                f"{escape(sign.question)}</strong><p>{escape(sign.found)}</p>{advice}</div></li>"
            )
        return (
            f"<section class='verdict {self.verdict.state}'><h3>{escape(self.verdict.title)}</h3>"
            f"<ul>{''.join(rows)}</ul></section>"
        )

    @torch.inference_mode()
    def _flips(self, shown: int) -> str:
        few = self.faces.subset(shown)
        x, y, _ = few.batch(torch.arange(len(few)))
        drawn, names = few.faces is not None, few.attributes
        y_diffs = single_flips(y, names, resolved=drawn) - y
        edits = torch.stack(Trained.of(self.run.path).edit(x, y_diffs, y))
        others = Truth.of(few).tensors()[0] if drawn else x.expand_as(edits)
        other = "the true edit" if drawn else "the input"
        html = []
        for face in range(len(few)):
            cards = [_card(tile(x[face], f"face {face + 1}, the input"), "input")]
            for a, name in enumerate(names):
                flip = flip_name(name, bool(y[face, a] > 0))
                pair = tile(edits[a, face], f"face {face + 1}, {flip}: the edit")
                pair += tile(others[a, face], f"face {face + 1}, {flip}: {other}")
                cards.append(_card(pair, flip))
            html.append(
                f"<figure><div class='flips'>{''.join(cards)}</div><figcaption>Face {face + 1}: "
                f"does each edit, on the left, look like {other}, on the right?</figcaption>"
                "</figure>"
            )
        return (
            f"<section><h3>Flips beside {other}</h3><p>Test faces that training never saw, each "
            f"attribute reversed alone.</p>{''.join(html)}"
            "</section>"
        )

    def _scores(self) -> str:
        if not self.scores:
            return (
                "<section><h3>Scores</h3><p>There are none: no judge is at hand for these faces. "
                "Name one with <code>-p classifier FILE</code>.</p></section>"
            )
        means = means_of(self.scores)
        means["tarr"] = means["tarr"] | self._ends_of_tarr()
        means["reconstruction"] = means["reconstruction"] | {"copy": 0.0, "truth": 0.0}
        shown = [score for score in _SCORES if score.name in means]
        rows = [score_row(score, means[score.name]) for score in shown]
        lost = [score.title for score in shown if _worse_than_a_copy(means[score.name])]
        warning = (
            f"<p class='advice'>Worse than copying the input: {', '.join(lost)}. A copy keeps all "
            "that should stay; this run does not.</p>"
            if lost
            else ""
        )
        return (
            "<section><h3>Scores</h3><p>Each with its 95 % interval, between the two ends: the "
            "edit that copies its input (grey) and the true one (green). "
            f"n = {self.scores['n']} test faces, each attribute flipped once.</p>"
            f"<div class='scores'>{''.join(rows)}</div>{warning}</section>"
        )

    @torch.inference_mode()
    def _ends_of_tarr(self, most: int = 100) -> dict[str, float]:
        """What the judge says of inputs left as they are and, of drawn faces, of the true edits."""
        few = self.faces.subset(min(most, len(self.faces)))
        judge = self.judge.of(few.attributes)
        x, y, _ = few.batch(torch.arange(len(few)))
        wanted = single_flips(y, few.attributes, resolved=few.faces is not None) > 0
        seen = {"copy": (judge(x) > 0).expand_as(wanted)}
        if few.faces is not None:
            seen["truth"] = torch.stack([judge(image) > 0 for image in Truth.of(few).tensors()[0]])
        hits = {end: (labels == wanted).diagonal(dim1=0, dim2=2) for end, labels in seen.items()}
        return {end: float(hit.float().mean()) for end, hit in hits.items()}

    def _curves(self) -> str:
        panels = "".join(
            f"<figure>{drawing(*picture)}<figcaption><strong>{escape(title)}</strong> "
            f"{_READ[title]}</figcaption></figure>"
            for title, picture in figures.curve_panels(self.run.log).items()
        )
        return f"<section><h3>Curves</h3><div class='curves'>{panels}</div></section>"

    def _go_on(self) -> str:
        place, longer = shlex.quote(self.place), 2 * self.config.iterations
        rates = self.scores.get("tarr", {})
        easiest = max(
            self.config.attributes, key=lambda name: rates[name]["value"] if name in rates else 0
        )
        drawn, face = self.config.dataset == "synthetic", '"portrait.jpg"'
        if drawn:
            face = f'datasets.load("synthetic", "test", {self.config.image_size})'
            face += ".images[0].transpose(1, 2, 0)"
        steps = {
            "Edit a face with this run": (
                f"from secgan_lite import {'datasets, ' * drawn}load_editor\n\n"
                f"editor = load_editor({self.place!r})\n"
                f'face = {face}\neditor.edit(face, {{"{easiest}": +1}}).image'
            ),
            "Evaluate it with all metrics": (
                f"papermill notebooks/05_evaluate.ipynb out.ipynb -p run_dir {place}"
            ),
            "Train it longer": (
                self.command(resume=True, output_dir=self.place, iterations=longer)
            ),
            "Train it again, beside this one": self.command(repeat=True),
            "Go on after a stop": self.command(resume=True),
        }
        items = "".join(
            f"<div><h4>{title}</h4><pre><code>{escape(text)}</code></pre></div>"
            for title, text in steps.items()
        )
        return f"<section><h3>How to go on</h3><div class='steps'>{items}</div></section>"

    def command(self, **more: object) -> str:
        """The command of this run: what the preset does not say, by name, and ``more``."""
        config, place = self.config, self.config.data_dir
        given = {"preset": config.preset} if config.preset != "lite" else {}
        given |= {"backbone": config.backbone} | config.changes
        given |= {"data_dir": place} if place else {}
        if self.run.path.name != config.run_name:
            given["output_dir"] = self.place
        given |= more
        words = (word for name, value in given.items() for word in ("-p", name, str(value)))
        return shlex.join(["papermill", "notebooks/04_train.ipynb", "out.ipynb", *words])

    def _facts(self) -> str:
        _, metadata = load_generator(self.run.path)
        machine, known = metadata.get("machine", {}), self.scores.get("versions") or versions()
        seconds, count = self._done["seconds"], self._done["iteration"]
        facts = {
            "Command": self.command(),
            "Folder": self.place,
            "Device": ", ".join(
                str(v) if name == "processor" else f"{name} {v}" for name, v in machine.items()
            ),
            "Time": f"{duration(seconds)}, {1000 * seconds / count:.0f} ms an iteration",
            "Versions": ", ".join(f"{name} {version}" for name, version in known.items()),
            "Python": f"{platform.python_version()} on {platform.system()}",
            "Choices beside the preset": ", ".join(
                f"{name} = {value}" for name, value in self.config.changes.items()
            ) or "none",
        }  # fmt: skip
        rows = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
        return f"<section><h3>The run</h3><dl>{rows}</dl></section>"


def _worse_than_a_copy(score: dict) -> bool:
    """Whether a score surely lies beyond a copy's, on the side away from the truth's."""
    copy, truth = score.get("copy"), score.get("truth")
    if copy is None or truth is None or copy == truth:
        return False  # both ends are the best value, as of a reconstruction
    return score["low"] > copy if truth < copy else score["high"] < copy


def _card(images: str, words: str) -> str:
    """Images, and below them what they are."""
    return f"<div>{images}<span>{escape(words)}</span></div>"


_SCORES: Sequence[Score] = (
    Score("tarr", "Recognised flips (TARR)", "share that the judge accepts; more is better", 1.0),
    Score("inside_ratio", "Error inside the change", "copying the input is 1; less is better"),
    Score("outside", "Error outside the change", "grey levels of 255; less is better"),
    Score("attribute_accuracy", "All labels as wanted", "share; more is better", 1.0),
    Score("mask_iou", "Masks of the edits", "overlap with the true ones; more is better", 1.0),
    Score("reconstruction", "Error of G(x, 0)", "grey levels of 255; less is better"),
)
_READ = {
    "Are edits recognised?": "Solid first, dashed second, the judge (green) last: all should rise.",
    "Critic: fake − real": "A few units, and steady; negative is normal.",
    "Error": "The reconstruction error falls, the dotted line stays well above it.",
    "Disagreement of the branches": "Falls when both branches learn the same shapes.",
}
