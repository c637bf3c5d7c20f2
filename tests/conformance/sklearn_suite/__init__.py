"""scikit-learn's own tests of its metrics, run with our functions in the places of its own."""
