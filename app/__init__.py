"""Facts read from news articles, each traceable to the words it rests on."""

__version__ = "0.3.0"
