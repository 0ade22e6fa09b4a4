"""How much is read, and how long is waited: what files from others can't go beyond.

Far above what honest files hold, and low enough that a file made to do harm ends in one message.
`SECURITY.md` lists them.
"""

GIGABYTE = 1 << 30

# A sales or prospects file.
FILES = 1_000  # in an archive or a folder
LAYERS = 3  # of archives in archives
UNPACKED = 64 * GIGABYTE  # and never more than a third of the free disk
SWOLLEN, TIMES_PACKED = GIGABYTE, 100  # unpacked to more than both: made to do harm
COLUMNS = 1_000
CELLS = 40_000_000  # of the rectangle that a sheet's filled cells span
LINE = 32 << 20  # letters of a line
FIELD = 131_072  # letters of a field
JSON = 50 << 20  # bytes of one list, read as a whole; rows on lines of their own have no bound
PIPE_WAIT = 10  # seconds

# A document, its settings and a brand.
SETTINGS = 1_000_000  # letters of YAML or TOML
BRACKETS = 50  # open at once
PANDOC_SECONDS, PANDOC_MEMORY = 120, 3 * GIGABYTE
TOOL_SECONDS = 600  # any other tool, such as Quarto
