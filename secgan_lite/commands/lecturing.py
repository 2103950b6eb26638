"""The commands for lecturers, beside those of all who use the lessons."""

from pydantic import AliasChoices, Field
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command, of_extra

_OUTPUT = AliasChoices("output", "o")


class Quiz(Command):
    """Write the questions of the course as GIFT, which Moodle and other platforms import."""

    output: str = Field(validation_alias=_OUTPUT, description="a new text file")
    lesson: list[str] = Field([], description="such as 02_losses; all if not given")
    seed: int | None = Field(
        None, ge=0, description="of the order of the options; as in the course if not given"
    )

    def run(self) -> int:
        from secgan_lite.course.quiz import gift, questions, shuffled

        bank = questions(self.lesson)
        _write_new(self.output, gift(bank if self.seed is None else shuffled(bank, self.seed)))
        return 0


class Slides(Command):
    """Write a lesson as slides: one file for any browser, without network; print makes a PDF."""

    lesson: CliPositionalArg[str] = Field(description="such as 02_losses")
    output: str = Field(validation_alias=_OUTPUT, description="a new .html file")

    def run(self) -> int:
        with of_extra("course", "uv run secgan-lite slides brings it"):
            from secgan_lite.course.slides import deck

        _write_new(self.output, deck(self.lesson))
        return 0


def _write_new(output: str, text: str) -> None:
    """Write a file that is not there yet, and say its name.

    Raises:
        FileExistsError: it is there.
    """
    from secgan_lite.support.files import write_bytes
    from secgan_lite.support.places import to_write

    file = to_write(output, "output")
    if file.exists():
        raise FileExistsError(f"output={output!r} is there, and is kept: name another.")
    write_bytes(file, text.encode())
    print(file)


class ProjectTask(Command):
    """Put the project's description and its starter into a folder, for students."""

    output: str = Field(validation_alias=_OUTPUT, description="the folder")

    def run(self) -> int:
        from secgan_lite.course.project import write_task

        print(*write_task(self.output), sep="\n")
        return 0


class ProjectRank(Command):
    """Rank the editors that students handed in, by the true edits of hidden faces.

    The exit status is 1 if one of them could not be scored.
    """

    folder: CliPositionalArg[str] = Field(
        description="holds what was handed in: run folders, or files of generators"
    )
    seed: int = Field(ge=0, description="of the hidden faces: keep it to yourself")
    faces: int = Field(300, ge=3, description="how many they are, 3 or more")

    def run(self) -> int:
        from secgan_lite.course.project import HEAD, ranked

        lines, unfit = ranked(self.folder, self.seed, self.faces)
        print(HEAD, *lines, sep="\n")
        print(*(f"not scored: {reason}" for reason in unfit), sep="\n", end="\n" if unfit else "")
        return int(bool(unfit))


class Grade(Command):
    """Grade a folder of lessons that students handed in, each exercise for itself.

    A subfolder for each student, or files that begin with a name: anna/02_losses.ipynb or
    anna_02_losses.ipynb. Answers run in confined processes, among the lesson's own cells. The same
    command goes on where it was, and runs again only what has changed.
    """

    folder: CliPositionalArg[str] = Field(description="what was handed in")
    output: str = Field(
        "grades",
        validation_alias=_OUTPUT,
        description="folder of the results; grades if not given",
    )
    lessons: str = Field(
        "", description="what was given out: the folder of a variant; if not given, the course's"
    )
    seconds: float = Field(300, gt=0, description="for each notebook, above 0")
    memory: float = Field(2, ge=1, description="for each notebook, in GB, 1 or more")
    workers: int = Field(1, ge=1, description="notebooks at a time, 1 or more")

    def run(self) -> int:
        with of_extra("course", 'pip install -e ".[course]" brings it'):
            from secgan_lite.course.grading import grade
            from secgan_lite.course.grading.sandbox import Limits
        from secgan_lite.support.files import REPOSITORY
        from secgan_lite.support.places import to_read, to_write

        folder, out = to_read(self.folder, "folder"), to_write(self.output, "output")
        lessons = to_read(self.lessons, "lessons") if self.lessons else REPOSITORY / "notebooks"
        limits = Limits(self.seconds, int(self.memory * 2**30))
        for graded in grade(folder, out, lessons, limits, self.workers):
            print(graded, flush=True)
        print(out / "grades.html")
        return 0


class Variant(Command):
    """Write lessons with other data, so that other numbers come out, and the key that grades them.

    Each lesson with a seed is run once, for the key, and for notes below what does not fit it. The
    exit status is 1 if a lesson stops in this variant: then take another seed.
    """

    lessons: CliPositionalArg[list[str]] = Field([], description="such as 02_losses; all if none")
    seed: int = Field(ge=1, description="which variant, 1 or more")
    output: str = Field(
        "",
        validation_alias=_OUTPUT,
        description="folder of the variant; if not given, one under variants",
    )

    def run(self) -> int:
        with of_extra("course", 'pip install -e ".[course]" brings it'):
            from secgan_lite.course.variant import make_variant
        from secgan_lite.support.places import to_write

        folder = to_write(self.output or f"variants/{self.seed}", "output")
        stopped = False
        for lesson in make_variant(self.seed, folder, self.lessons):
            asks = f"asks for {len(lesson.questions)} numbers"
            about = asks if lesson.seeded else "has no seed, stays as it is"
            print(f"{lesson.file}: {about}", flush=True)
            for misfit in lesson.misfits:
                print(f"  {misfit}", flush=True)
            stopped |= lesson.stops
        return int(stopped)
