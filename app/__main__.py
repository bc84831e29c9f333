"""`python -m app` is the command `article-facts`."""

from app.cli import main

raise SystemExit(main())
