"""All commands by name, with a line about each."""

from pydantic import BaseModel, Field
from pydantic_settings import CliSubCommand

from secgan_lite.commands import author, core, lecturing, lessons


class Data(BaseModel):
    """Photographs of faces; nothing is downloaded."""

    check: CliSubCommand[core.DataCheck] = Field(description="is a copy of a data set complete?")


class Parser(BaseModel):
    """P, the network that finds the 12 segments of a face (paper, §3)."""

    train: CliSubCommand[core.TrainParser] = Field(description="train a parser for an image size")


class Judge(BaseModel):
    """The networks of the scores: TARR's classifier and ssFID's encoder (§4.4)."""

    train: CliSubCommand[core.TrainJudge] = Field(description="train a judge for an image size")


class Study(BaseModel):
    """The study of lesson 07: every cell of it, or one again."""

    run: CliSubCommand[lessons.StudyRun] = Field(description="train and score what its file lacks")
    again: CliSubCommand[lessons.StudyAgain] = Field(description="repeat a recorded cell, compare")


class Project(BaseModel):
    """A project of two weeks for students, and its leaderboard."""

    task: CliSubCommand[lecturing.ProjectTask] = Field(description="write what students begin with")
    rank: CliSubCommand[lecturing.ProjectRank] = Field(description="score what they handed in")


class Author(BaseModel):
    """For maintainers: what writes into data/ and notebooks/; see data/README.md."""

    build: CliSubCommand[author.Build] = Field(description="run lessons and store their outputs")
    check: CliSubCommand[author.Check] = Field(description="verify all notebooks and equations")
    links: CliSubCommand[author.Links] = Field(description="ask for the pages that texts name")
    bundle: CliSubCommand[author.Bundle] = Field(description="store an editor, parser or judge")
    model: CliSubCommand[author.Model] = Field(description="store all networks of a SeCGAN")
    record: CliSubCommand[author.Record] = Field(description="store log and samples of a run")
    laboratory: CliSubCommand[author.Laboratory] = Field(
        description="train and store the eight broken runs of lesson 04"
    )
    questions: CliSubCommand[author.Questions] = Field(
        description="train and store what lesson 04's questions ask for"
    )
    study: CliSubCommand[author.Study] = Field(description="make a study the one of lesson 07")
    confounding: CliSubCommand[author.Confounding] = Field(
        description="train and record the runs of lesson 08"
    )
    queue: CliSubCommand[author.Queue] = Field(description="train and score a list of runs")
    overview: CliSubCommand[author.Overview] = Field(description="draw data/overview.png")
    thumbnails: CliSubCommand[author.Thumbnails] = Field(description="draw data/thumbnails")


class Commands(BaseModel):
    """SeCGAN: train editors of faces, edit with them, score them; and the course about them."""

    train: CliSubCommand[core.Train] = Field(description="train an editor")
    edit: CliSubCommand[core.Edit] = Field(description="edit an image of a face")
    evaluate: CliSubCommand[core.Evaluate] = Field(description="score an editor")
    parser: CliSubCommand[Parser] = Field(description="train the parser P")
    judge: CliSubCommand[Judge] = Field(description="train the networks that score")
    data: CliSubCommand[Data] = Field(description="check photographs")
    start: CliSubCommand[lessons.Start] = Field(description="make your own copies of the lessons")
    lab: CliSubCommand[lessons.Lab] = Field(description="open the lessons in JupyterLab")
    apps: CliSubCommand[lessons.Apps] = Field(description="show the apps alone, for a lecture")
    grade: CliSubCommand[lecturing.Grade] = Field(description="grade what students handed in")
    variant: CliSubCommand[lecturing.Variant] = Field(
        description="write lessons with other numbers, and their key"
    )
    site: CliSubCommand[lessons.Site] = Field(description="write the course as static web pages")
    doctor: CliSubCommand[lessons.Doctor] = Field(description="is this machine ready?")
    benchmark: CliSubCommand[lessons.Benchmark] = Field(description="what each part costs here")
    study: CliSubCommand[Study] = Field(description="the study of lesson 07")
    slides: CliSubCommand[lecturing.Slides] = Field(description="write a lesson as slides")
    quiz: CliSubCommand[lecturing.Quiz] = Field(description="questions for a learning platform")
    project: CliSubCommand[Project] = Field(description="a project for students, and its ranking")
    author: CliSubCommand[Author] = Field(description="for maintainers of the course")
