"""What is expected of scikit-learn's suite: which of its tests fail with ours, and why.

Both lists are strict. A failure that is not here fails the run, and so does an entry that no longer
holds.
"""

from __future__ import annotations

__all__ = ["DELEGATED", "FAILURES"]

# Test (file::name, parameters included or not) -> why it fails.
FAILURES: dict[str, str] = {}

# Function -> why it passes on calls that are in our trade. Sparse targets, arrays of other
# libraries with dispatch on, and parameters that scikit-learn was told not to check are not.
DELEGATED: dict[str, str] = {}
