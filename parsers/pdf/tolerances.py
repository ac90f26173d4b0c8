"""Every tolerance of the PDF reader, with its unit and its reason.

Lengths are in points (1/72 inch) unless they say em, which is the size of the font at hand. A page
that is read wrongly is mended here more often than in code; `docs/reading.md` shows how.
"""

# Rulings: the lines that a table is drawn with.

THIN = 3.0
"""A drawn shape thinner than this is a ruling; table rules are 0.25 to 2.25 wide, cells 8 and more."""

HAIRLINE = 1.0
"""A path that is stroked and thinner than this is a line whose bounds are good enough."""

THICKEST = 12.0
"""A stroked line may be as thick as this; its points, not the bounds of its ink, say where it runs."""

SNAP = 3.0
"""Rulings closer than this are one; so far may ends fail to touch. Makers round corners and widths
to whole pixels (0.75) and leave gaps of one line width."""

LEAST_SIDE = 8.0
"""A straight stretch of a curved path must be so long to be the side of a rounded box."""

ROUNDED = 0.6
"""Share of its outline that is straight in a rounded box; of a letter drawn as a path it is less."""

DASH = 16.0
"""A ruling shorter than this may be one dash of a dotted or dashed line."""

DASH_GAP = 6.5
"""Dashes of one line are at most so far apart (CSS `dashed` at 3 px leaves 4.5, Word's `dashLargeGap` 6)."""

MIN_DASHES = 4
"""Fewer dashes than this are no line: underlined words and check marks come in twos and threes."""

STRIP = 8.9
"""A strip between two rulings that is thinner than this and holds no text is a double rule, not a row
or column. Double rules of 4 points are 4 to 8 apart; a row of the smallest text (6) is 9 high."""

OPEN_SIDE = 6.0
"""Where the rules across reach farther than this beyond the last rule down, a table has an open side."""

LEAST_CELLS = 0.5
"""A rule that crosses fewer than this share of a row's columns parts a cell, not the row: an underline
as wide as its cell."""

MAX_GRID_CELLS = 200_000
"""Elementary cells of a grid, and pairs of rulings compared: more is no list and takes seconds."""

# Tables without rules.

RIVER = 0.45
"""Em: a gap between letters that runs down all lines of a table and is wider parts two columns. A
space between words is 0.25 to 0.33; the narrowest padding of two cells met is 0.5."""

LEAST_COLUMNS = 3
"""Columns of a list at least: it has a name, an entity and a number."""

LEAST_BOXES = 3
"""A row of so many boxes side by side tells the columns itself."""

HEADER_LINES = 3
"""A header's names are broken into so many lines at most."""

NAMED_COLUMNS = 3
"""A first row with so many known column names is a header."""

MOSTLY_DRAWN = 0.9
"""Share of its length that a rule across is drawn of; two tables side by side leave a wider gap."""

LEAST_WIDTH = 100.0
"""A list's table is wider than this; seven columns of the smallest text are 200."""

LAST_ROW = 2.2
"""Em: a line that starts at most so far below the last shaded row may be a row without shading."""

# Letters.

TOUCH = 0.5
"""Glyphs with less than this between them follow one another in one run."""

OVERLAP = 0.2
"""Em: so far may the box of a glyph reach into the next one of its run; digits do by 0.05 to 0.1."""

STRAIGHT = 0.05
"""Radians: so much may a line of text be askew; a watermark runs at 0.5 and more."""

SAME_LINE = 0.45
"""Em: baselines closer than this are one line; half-width digits sit up to 0.2 off, superscripts 0.4."""

MIDDLE = 0.35
"""Em: how far above its baseline a letter's middle is."""

SAME_PITCH = 1.1
"""Line pitches: a line farther down than this does not go on with the paragraph above it."""

NEXT_LINE = 1.8
"""Em: a line that starts so far below another one may go on with its paragraph."""

SPACE = 0.2
"""Em: a gap wider than this between two letters is a space. Beside a Chinese character it is not:
there typesetters leave a gap of their own."""

CHUNK = 0.9
"""Em: a wider gap in a line outside of tables is one between columns, wider than any between words."""

OVERPRINT = 0.3
"""Em: a glyph whose middle is closer than this to that of one drawn before it lies on top of it: a
shadow, a second layer of text. The narrowest letters stand 0.22 apart, but on one baseline."""

OVERPRINT_WIDTH = 0.6
"""Times the wider glyph: so close are two middles only if one lies on the other, however narrow both are."""

LIES_OVER = 0.5
"""Times the height of a text: another one lies over it if it does so for more than half a letter's width."""

PALE_DEPTH = 0.25
"""Times the height of a text: a pale text lies over it if it reaches deeper into it; the lines of a cell
touch by less."""

EDGE = 0.1
"""A text that reaches the middle line of another by less than this only touches it (rounding)."""

NO_INK = 0.01
"""A text object narrower than this draws nothing: it is a space."""

STRIPE = 3.0
"""Lines closer than this may lie on top of one another."""

STRADDLE = 0.3
"""A glyph that reaches so far to both sides of a rule runs out of its cell."""

BIG = 1.6
"""Times the page's usual letters: text so large that lies over other text is a watermark."""

PALE = 115
"""Of 255: text whose darkest colour channel is lighter (or with its opacity below `OPAQUE`) is pale, as
watermarks are. Printed text is black, blue (0) or red (0)."""

OPAQUE = 190
"""Of 255: text with less opacity is pale."""

WHITE = 245
"""Of 255: text with all colour channels lighter is white, and unseen but on a dark ground."""

DARK = 160
"""Of 255: an area whose lightest colour channel is darker is a ground that white text is seen on."""

SEAL = 30.0
"""A round shape wider than this may be a seal; official ones are 42 millimetres (119), rings around
a number 15."""

# Line breaks inside cells.

SLACK = 0.02
"""Em: so much room must be left for saying that the next glyph would have fitted on the line."""

COLUMN_SLACK = 0.5
"""Em: the widest line of a column is at most this much narrower than the column."""

# Pages of one table.

SAME_BLOCK = 2.2
"""Em: lines outside of tables that are closer than this are one row or more, not a text apart."""

COLUMNS_OF_ROW = 4
"""A line in so many parts with wide gaps between them may be a row; signatures and page headers have two
or three."""

ABOVE_TABLE = 2.0
"""A line whose baseline is less than this below a table's top stands above it."""

SAME_EDGE = 3.0
"""Column edges of a table may differ by this from page to page."""

# Pictures.

BIG_PICTURE = 0.1
"""Share of a page: a logo or a seal is smaller than this, a picture of a certificate larger."""
