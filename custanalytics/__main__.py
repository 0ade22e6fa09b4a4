"""``python -m custanalytics``."""

import sys

from custanalytics.cli.main import main

sys.exit(main())
