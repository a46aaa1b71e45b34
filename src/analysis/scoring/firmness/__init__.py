"""How firm scores and grades are, beside the official result and never changing it; see `firm_values`."""

from analysis.scoring.firmness.firm_values import (
    DRAWS,
    DRAWS_OF_MANY,
    FEW,
    LEFT_OUT,
    MANY,
    RESAMPLED,
    SEED,
    SEPARABLE,
    compute,
)

__all__ = ["DRAWS", "DRAWS_OF_MANY", "FEW", "LEFT_OUT", "MANY", "RESAMPLED", "SEED", "SEPARABLE", "compute"]
