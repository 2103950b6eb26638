"""The commands for lecturers, beside those of all who use the lessons."""

from pydantic import AliasChoices, Field
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command, of_extra

_OUTPUT = AliasChoices("output", "o")


class Quiz(Command):
    """Write the questions of the course as GIFT, which Moodle and other platforms import."""

    output: str = Field(validation_alias=_OUTPUT, description="a new text file")
    lesson: list[str] = Field([], description="such as 02_losses; all if not given")

    def run(self) -> int:
        from secgan_lite.course.quiz import gift, questions

        _write_new(self.output, gift(questions(self.lesson)))
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
