"""`python -m app` is the command `article-facts`."""

import sys

from app.cli import main

sys.exit(main())
