"""The commands of lecturers: grade what students hand in, give out other numbers."""

from pydantic import AliasChoices, Field
from pydantic_settings import CliPositionalArg

from secgan_lite.commands.command import Command, of_extra


class Grade(Command):
    """Grade a folder of lessons that students handed in, each exercise for itself.

    A subfolder for each student, or files that begin with a name: anna/02_losses.ipynb or
    anna_02_losses.ipynb. Answers run in confined processes, among the lesson's own cells. The same
    command goes on where it was, and runs again only what has changed.
    """

    folder: CliPositionalArg[str] = Field(description="what was handed in")
    output: str = Field(
        "grades",
        validation_alias=AliasChoices("output", "o"),
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

    Each lesson is run once; sentences of its text that do not hold in the variant are listed.
    """

    lessons: CliPositionalArg[list[str]] = Field([], description="such as 02_losses; all if none")
    seed: int = Field(ge=1, description="which variant, 1 or more")
    output: str = Field(
        "",
        validation_alias=AliasChoices("output", "o"),
        description="folder of the variant; if not given, one under variants",
    )

    def run(self) -> int:
        with of_extra("course", 'pip install -e ".[course]" brings it'):
            from secgan_lite.course.variant import make_variant
        from secgan_lite.support.places import to_write

        folder = to_write(self.output or f"variants/{self.seed}", "output")
        for lesson in make_variant(self.seed, folder, self.lessons):
            print(f"{lesson.file}: asks for {len(lesson.questions)} numbers", flush=True)
            for fault in lesson.faults:
                print(f"  {fault}", flush=True)
        return 0
