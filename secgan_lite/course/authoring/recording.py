"""Results of the course from what was run: recorded trainings, and the study of lesson 07."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from secgan_lite.course import laboratory, recorded
from secgan_lite.course.faults import FAULTS, TITLES, right_name
from secgan_lite.course.laboratory import LabRun
from secgan_lite.course.recorded import Dynamics, film_of
from secgan_lite.course.study import RESULTS, load_study
from secgan_lite.course.widgets import Trial, questions
from secgan_lite.course.widgets.questions import QUESTIONS, Answer, Question
from secgan_lite.support.files import replaced, rounded, write_bytes, write_json


def record_dynamics(run: Path | str, name: str, faces: int = 100, shown: int = 2) -> Path:
    """Keep what a lesson needs of a run, broken ones too: a JSON file and films of 256 colours.

    An older recording of that name ends first, so that none is ever half old and half new.

    Raises: ``Dynamics.of``.
    """
    dynamics = Dynamics.of(run, faces, shown)
    file = recorded.DYNAMICS / f"{name}.json"
    file.unlink(missing_ok=True)
    for kind, film in {"": dynamics.samples, **dynamics.masks}.items():
        _keep(film, film_of(name, kind))
    content = {key: getattr(dynamics, key) for key in ("config", "log", "scores")}
    content |= {"samples": list(dynamics.samples.shape), "masks": list(dynamics.masks)}
    write_json(file, content)
    return file


def record_laboratory() -> Path:
    """Train and store the eight broken runs of lesson 04 and the healthy one: 5 to 10 minutes.

    On one thread (OMP_NUM_THREADS=1) they are those that are stored, to the last bit.
    """
    runs = {"healthy": laboratory.train()}
    for title in TITLES:
        runs[title] = laboratory.train(FAULTS[right_name(title)].breaks)
    return store_laboratory(runs)


def store_laboratory(runs: Mapping[str, LabRun]) -> Path:
    """Write runs as ``load_laboratory`` reads them: columns of their logs, and films of all.

    Earlier edits lose a little, for they are many bytes; masks lose nothing.
    """
    columns = {
        title: {term: [record.get(term) for record in run.log] for term in run.log[-1]}
        for title, run in runs.items()
    }
    films = np.stack([run.samples[None] for run in runs.values()])  # a face each
    _keep(films, laboratory.PLACE / "samples.png")
    parts = zip(*(zip(*run.film.values(), strict=True) for run in runs.values()), strict=True)
    for name, part in zip(laboratory.FILMS, parts, strict=True):
        film = np.stack([np.stack(moments) for moments in part])
        edits = film.ndim == 6
        picture = Image.fromarray(_unrolled(film[:, :-1] if edits else film))
        with replaced(laboratory.PLACE / name) as temporary:
            how = {"quality": 80} if edits else {"lossless": True, "quality": 100}
            picture.save(temporary, "webp", method=6, **how)
    write_json(laboratory.PLACE / "runs.json", rounded(columns))
    return laboratory.PLACE


def record_questions() -> Path:
    """Train what the questions of "Train it by hand" ask for, and store it: 8 minutes."""
    trial = Trial()
    return store_answers({title: asked(trial, each) for title, each in QUESTIONS.items()})


def asked(trial: Trial, question: Question) -> Answer:
    """Train from the beginning to the end, with the turns of a question."""
    trial.reset()
    moments = [trial.edited()]
    while not trial.over:
        for at, name, value in question.turns:
            if at == trial.iteration:
                trial.turn(name, value)
        trial.advance()
        if trial.iteration % questions.EVERY == 0:
            moments.append(trial.edited())
    films = (np.stack(film) for film in zip(*moments, strict=True))
    return Answer(dict(trial.curves), tuple(films))


def store_answers(answers: Mapping[str, Answer]) -> Path:
    """Write them as ``load_answers`` reads them: values of the curves, and films of each."""
    questions.PLACE.mkdir(exist_ok=True)
    for number, answer in enumerate(answers.values(), start=1):
        for kind, film in zip(questions.KINDS, answer.films, strict=True):
            _keep(film[:, None], questions.PLACE / questions.film_of(number, kind))  # one face
    values = {
        title: {term: [value for _, value in curve] for term, curve in answer.curves.items()}
        for title, answer in answers.items()
    }
    file = questions.PLACE / "curves.json"
    write_json(file, rounded(values))
    return file


def _keep(film: np.ndarray, file: Path) -> None:
    """A film as a picture: of images in 256 colours, of segments as they are."""
    picture = Image.fromarray(_unrolled(film))
    if film.ndim == 6:
        picture = picture.quantize(256, Image.Quantize.MEDIANCUT)
    with replaced(file) as temporary:
        picture.save(temporary, optimize=True)


def _unrolled(film: np.ndarray) -> np.ndarray:
    """Snapshots and faces run down the picture, the input and its flips along it."""
    film = film if film.ndim == 6 else film[:, :, :, None]
    k, b, columns, channels, h, _ = film.shape
    rows = film.transpose(0, 1, 4, 2, 5, 3).reshape(k * b * h, columns * h, channels)
    return rows.squeeze(2) if channels == 1 else rows


def record_study(file: Path) -> Path:
    """Make a study's file the recorded one of lesson 07.

    Raises: ``load_study``.
    """
    load_study(file)
    target = RESULTS / "study.json"
    write_bytes(target, file.read_bytes())
    return target
