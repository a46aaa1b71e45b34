"""What a run is asked for, and which edition that is; known before anything is computed: nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.report.sections import PRODUCTS
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.levels import FORMATS, INTERNAL, Level, level_of
from analysis.rounds.rounds import RoundSettings, load_round
from analysis.run.engines import IN_PROCESS
from analysis.run.report_folder import Place, place_of
from analysis.words import OFFICE

REPORT, BULLETIN, CARD = (PRODUCTS[name].notebook for name in ("report", "bulletin", "card"))
#: those executed once, in order; the cards' apart
NOTEBOOKS: Final = tuple(product.notebook for product in PRODUCTS.values() if product.notebook != CARD)
#: notebooks with the parameter `disclosure`
AT_EVERY_LEVEL: Final = frozenset(
    product.notebook for product in PRODUCTS.values() if len(product.levels) > 1
)


@dataclass(frozen=True)
class Order:
    """What is to be made.

    Attributes:
        project: the folder with `data/raw`.
        round_id: the round's name.
        formats: of `html`, `pdf`, `docx`, `xlsx` and `figures`; those a disclosure level has not are left out.
        units: codes or names of the units whose cards are made; none means all. Nothing else depends on it.
        language: of the edition; the round's if None.
        jobs: how many cards are made at once.
        out: folder of the reports, `reports` of the project if None; the round gets its own folder in it.
        disclosure: level of the edition; the round's if None.
        engine: what executes the notebooks, one of `ENGINES`.
        force: whether everything is made again, changed or not.
    """

    project: Path
    round_id: str
    formats: tuple[str, ...] = FORMATS
    units: tuple[str, ...] = ()
    language: str | None = None
    jobs: int = 2
    out: Path | None = None
    disclosure: str | None = None
    engine: str = IN_PROCESS
    force: bool = False

    @property
    def reports(self) -> Path:
        """Where the report's folder stands."""
        return (self.out or self.project / "reports").resolve()


@dataclass(frozen=True)
class Edition:
    """Which edition of a round is made.

    Attributes:
        language: of the edition.
        level: its disclosure level.
        place: where it stands among the reports.
        formats: the formats it comes in.
    """

    language: str
    level: Level
    place: Place
    formats: tuple[str, ...]

    @classmethod
    def of(cls, order: Order) -> Edition:
        """Return the edition an order asks for; what it leaves open the round's settings say.

        Raises:
            UnknownLevelError: there is no such disclosure level.
            ValueError: there is no such language.
        """
        settings = _settings(order)
        level = level_of(order.disclosure or (settings.disclosure if settings else INTERNAL))
        of_round = settings.language if settings else OFFICE
        language = order.language or of_round
        return cls(
            language,
            level,
            place_of(order.round_id, language, level.name, of_round=of_round),
            tuple(form for form in order.formats if form in level.formats),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the notebooks that make no difference between levels."""
        return {"round_id": self.place.round_id, "language": self.language}

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The notebooks to be executed, the cards' apart."""
        if self.level.inputs:
            return NOTEBOOKS
        made = ((REPORT, self.level.report), (BULLETIN, self.level.bulletin))
        return tuple(name for name, wanted in made if wanted)


def _settings(order: Order) -> RoundSettings | None:
    """Return the settings of the round; None where they have faults, which the check will tell."""
    try:
        return load_round(order.project, order.round_id).settings
    except FaultsFoundError:
        return None


def notebooks_folder(project: Path) -> Path:
    """Return the notebooks of the project, else those that come with the package."""
    package = Path(__file__).resolve().parents[1]
    # an editable install has no copy in the package; there they stand in the checkout
    folders = (project / "notebooks", package / "notebooks", package.parents[1] / "notebooks")
    return next((folder for folder in folders if (folder / f"{REPORT}.ipynb").is_file()), folders[0])
