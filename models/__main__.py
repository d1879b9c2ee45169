"""``python -m models train|quantize|evaluate|compare|…``: creates and evaluates classifiers."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from agent.commands.strict_argparse import StrictArgumentParser, check_command
from agent.errors import ConfigError
from models.outcome import run_command

if TYPE_CHECKING:
    from agent.commands.strict_argparse import Commands
    from models.gallery import GalleryReport
    from models.labelled import Faces
    from models.runtime import LiteRTClassifier

SPLITS_HELP = "train, public (default) or private, where the data has splits"
CROPS = ("auto", "agent", "none")
CROP_HELP = (
    "what is read of a folder's pictures: the face that the agent finds (agent), the whole picture (none), "
    "or the face in pictures over 48 pixels and the whole of smaller ones (auto, default)"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; the exit code is 0 after success, 2 after an error of input, 130 after Ctrl-C."""
    given = sys.argv[1:] if arguments is None else arguments
    parser, commands = _parser()
    if given:
        check_command(parser, commands, given[0])
    options = parser.parse_args(given)
    resume = "; --resume continues the run after its last epoch" if options.run is _train else ""
    return run_command(lambda: options.run(options), f"stopped{resume}")


def _parser() -> tuple[argparse.ArgumentParser, Collection[str]]:
    """The program's argument parser, and the names of its commands."""
    parser = StrictArgumentParser(prog="python -m models", description="Make and judge classifiers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands)
    _add_quantize(commands)
    _add_evaluate(commands)
    _add_compare(commands)
    _add_recover(commands)
    _add_average(commands)
    _add_agreement(commands)
    return parser, commands.choices


def _check_kind(path: Path | None, flag: str, *, folder: bool = False) -> None:
    """Raise ConfigError, before minutes of work, for a folder in place of a file and the reverse."""
    if path is not None and path.exists() and path.is_dir() != folder:
        told = "is no folder: name one" if folder else "is a folder: name a file in it"
        raise ConfigError(f"{flag} {path} {told}")


def _add_train(commands: Commands) -> None:
    train = commands.add_parser("train", help="train a network; leaves checkpoints in --out")
    train.add_argument(
        "--data", required=True, help="fer2013.npz, fer2013.csv or a folder of split/label/picture"
    )
    train.add_argument("--out", default="runs/student", help="folder for checkpoints (default runs/student)")
    train.add_argument("--config", type=Path, help="a JSON file of settings, overridden by flags")
    train.add_argument("--arch", help="default student")
    train.add_argument("--epochs", type=float, help="default 100")
    train.add_argument("--minutes", type=float, help="train for this long instead of a number of epochs")
    train.add_argument("--batch", type=int, help="faces a step and worker (default 64)")
    train.add_argument("--workers", type=int, help="copies trained side by side (default 2)")
    train.add_argument("--seed", type=int, help="default 1")
    train.add_argument(
        "--patience", type=int, help="stop after so many measurements without a better one (default: never)"
    )
    train.add_argument(
        "--teachers", nargs="+", metavar="CHECKPOINT", help="learn from these networks' answers too"
    )
    train.add_argument("--start", metavar="CHECKPOINT", help="begin with the weights of this one")
    train.add_argument("--device", help="cpu (default) or cuda, with --workers 1")
    train.add_argument("--resume", action="store_true", default=None, help="go on from --out's checkpoint")
    train.set_defaults(run=_train)


def _add_quantize(commands: Commands) -> None:
    quantize = commands.add_parser("quantize", help="make the INT8 model and its card from a checkpoint")
    quantize.add_argument(
        "checkpoints",
        type=Path,
        nargs="+",
        metavar="CHECKPOINT",
        help="last.pt of a training run; the answers of several are averaged, each second one's of the "
        "mirrored face",
    )
    quantize.add_argument("--data", type=Path, required=True)
    quantize.add_argument(
        "--out", type=Path, required=True, help="folder for expression.tflite and model.json"
    )
    quantize.add_argument("--name", default="student", help="the model's name (default student)")
    quantize.set_defaults(run=_quantize)


def _add_evaluate(commands: Commands) -> None:
    evaluate = commands.add_parser("evaluate", help="measure a TFLite model with its card")
    evaluate.add_argument(
        "model", type=Path, nargs="?", help="folder with model.json (default: the shipped one)"
    )
    evaluate.add_argument("--data", type=Path, required=True)
    evaluate.add_argument("--split", default="public", help=SPLITS_HELP)
    evaluate.add_argument("--crop", choices=CROPS, default="auto", help=CROP_HELP)
    evaluate.add_argument("--json", action="store_true", help="one JSON object on standard output")
    evaluate.add_argument(
        "--figures", type=Path, help="also write the model card's page and figures into this folder"
    )
    evaluate.add_argument(
        "--gallery", type=int, default=0, metavar="N", help="also read N faces end to end in gallery tiles"
    )
    evaluate.set_defaults(run=_evaluate)


def _add_compare(commands: Commands) -> None:
    compare = commands.add_parser("compare", help="a table of several models on the same data")
    compare.add_argument(
        "models", type=Path, nargs="+", help="folders with model.json, or checkpoints (last.pt) to quantise"
    )
    compare.add_argument("--data", type=Path, required=True)
    compare.add_argument("--split", default="public", help=SPLITS_HELP)
    compare.add_argument("--crop", choices=CROPS, default="auto", help=CROP_HELP)
    compare.add_argument(
        "--sample", type=int, default=0, metavar="N", help="judge by N random faces only (0: all)"
    )
    compare.add_argument(
        "--against", type=Path, metavar="FILE.tflite", help="also time this file in turns with each model"
    )
    compare.add_argument("--out", type=Path, metavar="FILE.md", help="also write the table as Markdown")
    compare.add_argument("--note", default="", help="a paragraph for --out, such as how long was trained")
    compare.add_argument("--json", action="store_true", help="one JSON array on standard output")
    compare.set_defaults(run=_compare)


def _add_recover(commands: Commands) -> None:
    recover = commands.add_parser(
        "recover", help="make a checkpoint of a student's INT8 model, to train on from"
    )
    recover.add_argument(
        "model", type=Path, nargs="?", help="folder with model.json (default: the shipped one)"
    )
    recover.add_argument("--data", type=Path, required=True, help="the faces that it was trained on")
    recover.add_argument("--out", type=Path, required=True, metavar="FILE.pt")
    recover.set_defaults(run=_recover)


def _add_average(commands: Commands) -> None:
    average = commands.add_parser("average", help="make a checkpoint of the mean weights of two")
    average.add_argument("checkpoints", type=Path, nargs=2, metavar="CHECKPOINT")
    average.add_argument(
        "--share", type=float, default=0.5, help="how much the second counts, 0..1 (default 0.5)"
    )
    average.add_argument("--out", type=Path, required=True, metavar="FILE.pt")
    average.set_defaults(run=_average)


def _average(options: argparse.Namespace) -> None:
    from models.average import average

    _check_kind(options.out, "--out")
    first, second = options.checkpoints
    average(first, second, options.share, options.out)


def _add_agreement(commands: Commands) -> None:
    agreement = commands.add_parser("agreement", help="how often people say what the labels of the data say")
    agreement.add_argument("--data", type=Path, required=True)
    agreement.add_argument("--split", default="public", help=SPLITS_HELP)
    agreement.set_defaults(run=_agreement)


def _agreement(options: argparse.Namespace) -> None:
    from models.agreement import agreement
    from models.data import load

    found = agreement(load(options.data, options.split))
    Console().print(
        f"{found.faces} faces: a single person gives the label on {found.single:.3f} of them, the majority "
        f"on {found.majority:.3f}"
    )


def _recover(options: argparse.Namespace) -> None:
    from models.recover import recover
    from models.weights import EXPRESSION

    _check_kind(options.out, "--out")
    recover(options.model or EXPRESSION, options.data, options.out)
    Console(soft_wrap=True).print(
        f"{options.out}: train on with python -m models train --start {options.out}", markup=False
    )


def _train(options: argparse.Namespace) -> None:
    from models.settings import TrainingSettings, read_settings
    from models.train import train

    names = {field.name for field in fields(TrainingSettings)}
    flags = {key: value for key, value in vars(options).items() if key in names and value is not None}
    train(read_settings(options.config, flags))


def _quantize(options: argparse.Namespace) -> None:
    from models.quantize import quantize

    card = quantize(options.checkpoints, options.data, options.out, options.name)
    right, lost = card.figures["accuracy"].value, card.figures["int8_minus_float"].value
    Console().print(
        f"{options.out}: accuracy {right:.4f} on public, INT8 minus float {lost:+.4f}", markup=False
    )


def _evaluate(options: argparse.Namespace) -> None:
    from models.cutting import FaceCutter
    from models.data import load
    from models.evaluate import evaluate, show
    from models.runtime import load_classifier

    # Checked first, because the galleries are read only after all faces.
    if options.gallery < 0:
        raise ConfigError(f"--gallery must be 0 or more, not {options.gallery}: 0 reads no galleries")
    _check_kind(options.figures, "--figures", folder=True)
    with FaceCutter(options.crop) as cutter:
        faces = load(options.data, options.split, cutter)
    with load_classifier(options.model) as classifier:
        report = evaluate(classifier, faces)
        if options.gallery:
            report = replace(report, gallery=_in_gallery(classifier, faces, options.gallery))
        if options.figures:
            from models.page import write_page

            write_page(options.figures, classifier.card, report, _evaluate_command(options))
    if options.json:
        print(json.dumps(report.as_dict()))
    else:
        show(report, Console())


def _in_gallery(classifier: LiteRTClassifier, faces: Faces, count: int) -> GalleryReport:
    from agent.faces.detector import MediaPipeFaceFinder
    from models.gallery import evaluate_in_gallery

    with MediaPipeFaceFinder() as finder:
        return evaluate_in_gallery(classifier, finder, faces, count=count)


def _compare(options: argparse.Namespace) -> None:
    from models.compare import compare, sampled, show, write_table
    from models.cutting import FaceCutter
    from models.data import load

    _check_kind(options.out, "--out")
    with FaceCutter(options.crop) as cutter:
        faces = sampled(load(options.data, options.split, cutter), options.sample)
    rows = compare(options.models, faces, options.data, options.against)
    if options.out:
        write_table(options.out, rows, _compare_command(options), options.note)
    if options.json:
        print(json.dumps(rows))
    else:
        show(rows, Console())


def _evaluate_command(options: argparse.Namespace) -> str:
    """The command that makes the same report again."""
    parts = ["evaluate", *([str(options.model)] if options.model else []), *_data_flags(options)]
    if options.gallery:
        parts += ["--gallery", str(options.gallery)]
    return f"python -m models {shlex.join(parts)}"


def _data_flags(options: argparse.Namespace) -> list[str]:
    """The flags of the same data, without this machine's path of it."""
    flags = ["--data", options.data.resolve().name, "--split", options.split]
    return flags if options.crop == "auto" else [*flags, "--crop", options.crop]


def _compare_command(options: argparse.Namespace) -> str:
    """The command that makes the same table again."""
    parts = [*map(str, options.models), *_data_flags(options)]
    if options.sample:
        parts += ["--sample", str(options.sample)]
    if options.against:
        parts += ["--against", options.against.name]
    return f"python -m models compare {shlex.join(parts)}"


if __name__ == "__main__":
    # On SIGTERM a training run must also end its workers, which otherwise go on and write checkpoints.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
