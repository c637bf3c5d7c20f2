"""scikit-learn on our functions: existing code, its scorers and its model selection."""

from lstmetrics._sklearn_patch._patch import SklearnPatch, patch_sklearn, unpatch_sklearn

__all__ = ["SklearnPatch", "patch_sklearn", "unpatch_sklearn"]
