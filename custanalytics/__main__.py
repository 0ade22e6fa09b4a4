"""``python -m custanalytics``."""

import sys

from custanalytics.cli import main

sys.exit(main())
