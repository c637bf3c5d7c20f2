"""What tests of several kinds share: random models, digests, and hostile callers."""
