"""kpibatch: districts' Excel reports in, a ranking that can be checked out."""

__version__ = "0.1.0"
